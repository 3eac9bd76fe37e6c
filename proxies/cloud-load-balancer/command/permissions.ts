/** What it asks of the cluster, and so what it must be allowed: `deploy/cloud-load-balancer.yaml` grants it. */
import type { ApiClient } from '../../kit/api/api-client.ts';
import { ApiError } from '../../kit/api/errors.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Election } from '../config/configuration.ts';

export interface Permission {
  readonly apiGroup: '' | 'coordination.k8s.io';
  /** `services/status` */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** In every namespace. */
export const permissions: readonly Permission[] = [
  // One alone is read to see who has written its status.
  { apiGroup: '', resource: 'services', verbs: ['get', 'list', 'watch'] },
  // The finalizer, too, is written by way of the status, as cloud-controller-manager does it.
  { apiGroup: '', resource: 'services/status', verbs: ['patch'] },
  { apiGroup: '', resource: 'nodes', verbs: ['list', 'watch'] },
  { apiGroup: '', resource: 'events', verbs: ['create', 'patch'] },
];

/** In the namespace of the Lease. */
export const electionPermissions: readonly Permission[] = [
  { apiGroup: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'] },
];

/**
 * Asks the cluster once, at the start: a watch that is refused later would only be a line in the log.
 *
 * @throws ConfigurationError `refused` that names what is missing; ApiError 401; UnreachableError
 */
export async function refuseMissingPermissions(
  client: ApiClient,
  election: Election | null,
): Promise<void> {
  const wanted = [
    ...questions(permissions, undefined),
    ...(election ? questions(electionPermissions, election.lease) : []),
  ];
  const answers = await Promise.all(wanted.map((question) => isAllowed(client, question)));
  const missing = Map.groupBy(
    wanted.filter((_, index) => answers[index] === false),
    whatOf,
  );
  if (missing.size === 0) return;
  const list = [...missing]
    .map(([what, own]) => `${own.map(({ verb }) => verb).join(', ')} ${what}`)
    .join('; ');
  throw new ConfigurationError('refused', `the cluster does not let it: ${list}`);
}

interface Question {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

function questions(
  list: readonly Permission[],
  lease: Election['lease'] | undefined,
): readonly Question[] {
  return list.flatMap(({ apiGroup: group, resource: path, verbs }) => {
    const [resource = '', subresource] = path.split('/');
    return verbs.map((verb) => ({
      ...{ verb, group, resource },
      ...(subresource === undefined ? {} : { subresource }),
      ...(lease && { namespace: lease.namespace }),
      // Nobody can be allowed to create what has a certain name.
      ...(lease && verb !== 'create' && { name: lease.name }),
    }));
  });
}

/** @returns undefined where it does not say */
async function isAllowed(client: ApiClient, question: Question): Promise<boolean | undefined> {
  try {
    const { status } = await client.create<Review>(
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: question },
      },
    );
    return status?.allowed;
  } catch (error) {
    if (error instanceof ApiError && error.code !== 401) return undefined;
    throw error;
  }
}

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/** @example 'services/status', 'leases in kube-system' */
function whatOf({ resource, subresource, namespace }: Question): string {
  const path = subresource === undefined ? resource : `${resource}/${subresource}`;
  return namespace === undefined ? path : `${path} in ${namespace}`;
}

/** Whether the bastion may do what it has to, asked before it serves anybody. */
import type { ApiClient } from '../../kit/api/api-client.ts';
import { rights, type Right } from './rights.ts';

const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * The rights that are missing; none in the end.
 *
 * @throws ApiError, UnreachableError where the apiserver does not tell
 */
export async function missingRights(api: ApiClient): Promise<readonly Right[]> {
  const missing = rights.map(async (right): Promise<Right | undefined> => {
    const answers = await Promise.all(right.verbs.map((verb) => isAllowed(api, right, verb)));
    const verbs = right.verbs.filter((_, index) => answers[index] !== true);
    return verbs.length === 0 ? undefined : { ...right, verbs };
  });
  return (await Promise.all(missing)).filter((right) => right !== undefined);
}

async function isAllowed(
  api: ApiClient,
  { group, resource }: Right,
  verb: string,
): Promise<boolean> {
  const asked = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { group, resource, verb } },
  };
  const review = await api.create<{ readonly status?: { readonly allowed?: boolean } }>(
    path,
    asked,
  );
  return review.status?.allowed === true;
}

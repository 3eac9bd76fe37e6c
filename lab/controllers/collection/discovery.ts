/** Which kinds the apiserver has: those that can be listed and deleted. */
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { collection } from '../objects/collections.ts';

export interface DiscoveredKind {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
}

interface GroupList {
  readonly groups: readonly {
    readonly preferredVersion: { readonly groupVersion: string };
  }[];
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

export async function discover(client: ApiClient): Promise<readonly DiscoveredKind[]> {
  const { groups } = await client.get<GroupList>('/apis');
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const lists = await Promise.all(versions.map((version) => readVersion(client, version)));
  return lists.flat();
}

async function readVersion(
  client: ApiClient,
  apiVersion: string,
): Promise<readonly DiscoveredKind[]> {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const { resources } = await client.get<ResourceList>(`${root}/${apiVersion}`);
  return resources
    .filter(
      ({ name, verbs }) => !name.includes('/') && deletable.every((verb) => verbs.includes(verb)),
    )
    .map(({ name, kind, namespaced, verbs }) => ({
      ...collection(apiVersion, kind, name),
      plural: name,
      group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
      isNamespaced: namespaced,
      verbs,
    }));
}

const deletable = ['get', 'list', 'watch', 'delete'];

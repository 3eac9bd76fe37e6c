/** Discovery: which groups, versions and resources there are, in the old form and in the aggregated one. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import type { RemoteGroup, RemoteVersion } from './aggregation/remote-groups.ts';
import { resourceTable } from './resource-table.ts';
import { apiVersionOf, kindOf, type Resource, type Subresource } from './resource.ts';

const groupVersions = Map.groupBy(resourceTable, apiVersionOf);
const groups = [...Map.groupBy(resourceTable, ({ group }) => group)].filter(
  ([group]) => group !== '',
);

/** What a discovery path answers; undefined where it is none. */
export function discoveryOf(
  path: string,
  serverAddress: string,
  remote: readonly RemoteGroup[],
): JsonObject | undefined {
  const normalized = path.replace(/\/$/, '');
  if (normalized === '/api') return apiVersions(serverAddress);
  if (normalized === '/apis') return groupList(remote);
  const groupVersion = normalized.replace(/^\/(api|apis)\//, '');
  const resources = groupVersions.get(groupVersion);
  if (resources && normalized === pathOf(resources)) return resourceList(groupVersion, resources);
  const group = describeGroups(remote).find(({ name }) => normalized === `/apis/${name}`);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...group };
}

/** The paths that exist beside the resources, for `/`. */
export const discoveryPaths: readonly string[] = [
  '/api',
  '/apis',
  ...groups.map(([group]) => `/apis/${group}`),
  ...[...groupVersions.values()].map(pathOf),
];

function pathOf([first]: readonly Resource[]): string {
  if (!first) return '';
  return `/${first.group === '' ? 'api' : 'apis'}/${apiVersionOf(first)}`;
}

function apiVersions(serverAddress: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

function groupList(remote: readonly RemoteGroup[]): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: describeGroups(remote) };
}

interface DescribedGroup extends JsonObject {
  readonly name: string;
}

/** Our own first; a version that another server adds to one of our groups comes after ours. */
function describeGroups(remote: readonly RemoteGroup[]): readonly DescribedGroup[] {
  const all = [
    ...groups.map(([name, resources]) => ({ name, versions: resources })),
    ...remote,
  ].flatMap(({ name, versions }) => versions.map(({ version }) => ({ name, version })));
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, versions]) =>
    describeGroup(name, [...new Set(versions.map(({ version }) => version))]),
  );
}

function describeGroup(name: string, names: readonly string[]): DescribedGroup {
  const versions = names.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] ?? {} };
}

function resourceList(groupVersion: string, resources: readonly Resource[]): JsonObject {
  return {
    kind: 'APIResourceList',
    ...(groupVersion === 'v1' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: resources.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...(resource.shortNames ? { shortNames: resource.shortNames } : {}),
        ...(resource.categories ? { categories: resource.categories } : {}),
        ...(resource.review ? {} : { storageVersionHash: storageHash(resource) }),
      },
      ...subresourcesOf(resource).map(({ name, kind, verbs, group, version }) => ({
        name: `${resource.plural}/${name}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(group === undefined ? {} : { group }),
        ...(version === undefined ? {} : { version }),
        kind,
        verbs,
      })),
    ]),
  };
}

type SubresourceLine = Pick<Subresource, 'name' | 'kind' | 'verbs' | 'group' | 'version'>;

function subresourcesOf(resource: Resource): readonly SubresourceLine[] {
  const status: SubresourceLine[] = resource.hasStatus
    ? [{ name: 'status', kind: resource.kind, verbs: ['get', 'patch', 'update'] }]
    : [];
  return [...(resource.subresources ?? []), ...status].sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
}

function storageHash(resource: Resource): string {
  const text = `${resource.group}/${resource.version}/${resource.kind}`;
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}

/** The aggregated form of `/api` and `/apis` (`apidiscovery.k8s.io`), in one answer each. */
export function aggregatedDiscovery(
  root: 'api' | 'apis',
  version: 'v2' | 'v2beta1',
  remote: readonly RemoteGroup[],
): JsonObject {
  const isCore = root === 'api';
  const local = [...Map.groupBy(resourceTable, ({ group }) => group)].filter(
    ([group]) => (group === '') === isCore,
  );
  const described = [
    ...local.map(([name, resources]) => ({ name, versions: localVersions(resources) })),
    ...(isCore ? [] : remote).map(({ name, versions }) => ({
      name,
      versions: versions.map(describeRemote),
    })),
  ];
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [...Map.groupBy(described, ({ name }) => name)].map(([name, all]) => ({
      metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
      versions: all.flatMap(({ versions }) => versions),
    })),
  };
}

function localVersions(resources: readonly Resource[]): readonly JsonObject[] {
  return [...Map.groupBy(resources, ({ version }) => version)].map(([version, all]) => ({
    version,
    resources: all.map(aggregatedResource),
    freshness: 'Current',
  }));
}

function describeRemote({ version, resources, isFresh }: RemoteVersion): JsonObject {
  return { version, resources, freshness: isFresh ? 'Current' : 'Stale' };
}

function aggregatedResource(resource: Resource): JsonObject {
  const subresources = subresourcesOf(resource);
  return {
    resource: resource.plural,
    responseKind: kindOf(resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories ? { categories: resource.categories } : {}),
    ...(subresources.length > 0
      ? {
          subresources: subresources.map(({ name, kind, verbs, group, version }) => ({
            subresource: name,
            responseKind: kindOf({
              kind,
              group: group ?? resource.group,
              version: version ?? resource.version,
            }),
            verbs,
          })),
        }
      : {}),
  };
}

/** What discovery shows of the groups that other servers answer for. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, textAt, textsAt } from '../api-object.ts';
import type { RemoteApi } from './remote-api.ts';

export interface RemoteVersion {
  readonly version: string;
  /** As `apidiscovery.k8s.io` describes them. */
  readonly resources: readonly JsonObject[];
  readonly isFresh: boolean;
}

export interface RemoteGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly RemoteVersion[];
}

/** In the order of their priorities (upstream: `SortedByGroupAndVersion`). */
export function remoteGroups(apis: readonly RemoteApi[]): readonly RemoteGroup[] {
  const sorted = apis.toSorted(
    ({ apiService: one }, { apiService: other }) =>
      other.groupPriorityMinimum - one.groupPriorityMinimum || (one.name < other.name ? -1 : 1),
  );
  return [...Map.groupBy(sorted, ({ apiService }) => apiService.group)].map(([name, all]) => ({
    name,
    versions: all
      .toSorted((one, other) => other.apiService.versionPriority - one.apiService.versionPriority)
      .map(versionOf),
  }));
}

function versionOf(api: RemoteApi): RemoteVersion {
  const { group, version } = api.apiService;
  const all = api.resources();
  const resources = all.filter((resource) => !textAt(resource, 'name').includes('/'));
  return {
    version,
    resources: resources.map((resource) => describe(resource, all, { group, version })),
    isFresh: api.isAvailable(),
  };
}

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** From a line of an APIResourceList. */
function describe(resource: JsonObject, all: readonly JsonObject[], own: GroupVersion): JsonObject {
  const name = textAt(resource, 'name');
  const subresources = all
    .filter((one) => textAt(one, 'name').startsWith(`${name}/`))
    .map((one) => ({
      subresource: textAt(one, 'name').slice(name.length + 1),
      responseKind: kindOf(one, own),
      verbs: textsAt(one, 'verbs'),
    }));
  const lists = ['shortNames', 'categories'].flatMap((field) => {
    const texts = textsAt(resource, field);
    return texts.length === 0 ? [] : [[field, texts] as const];
  });
  return {
    resource: name,
    responseKind: kindOf(resource, own),
    scope: at(resource, 'namespaced') === true ? 'Namespaced' : 'Cluster',
    singularResource: textAt(resource, 'singularName'),
    verbs: textsAt(resource, 'verbs'),
    ...Object.fromEntries(lists),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

function kindOf(resource: JsonObject, own: GroupVersion): JsonObject {
  return {
    group: textAt(resource, 'group') || own.group,
    kind: textAt(resource, 'kind'),
    version: textAt(resource, 'version') || own.version,
  };
}

/** The operations of the API, as both versions of OpenAPI list them: what may be asked of each path. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { kindOf, type Resource, type Verb } from '../resource.ts';

export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;

export interface Operation {
  /** `/api/v1/namespaces/{namespace}/pods/{name}` */
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** `readCoreV1NamespacedPod`: unique. */
  readonly id: string;
  /** `x-kubernetes-action`. */
  readonly action: string;
  /** `x-kubernetes-group-version-kind`. */
  readonly kind: JsonObject;
  readonly description: string;
  /** The names of the query's parameters. */
  readonly query: readonly string[];
  readonly takes: 'nothing' | 'object' | 'options' | 'patch';
  /** The type that it takes, and, unless `answers` says otherwise, gives back; absent: free text. */
  readonly schema?: string;
  readonly answers?: string;
}

/** The query's parameters by name; what is not named here is text. */
export const parameterTypes: Readonly<Record<string, 'boolean' | 'integer'>> = {
  allowWatchBookmarks: 'boolean',
  follow: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  limit: 'integer',
  orphanDependents: 'boolean',
  sendInitialEvents: 'boolean',
  timeoutSeconds: 'integer',
  watch: 'boolean',
};

/** The operations of one group version, below `/api/v1` or `/apis/apps/v1`. */
export function operationsOf(root: string, resources: readonly Resource[]): readonly Operation[] {
  return resources.flatMap((resource) => {
    const base = `${root}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
    const scope = resource.namespaced ? 'Namespaced' : '';
    const served = (path: string, shapes: readonly Shape[], name: string, verbs = resource.verbs) =>
      shapes
        .filter(({ verb }) => verbs.includes(verb))
        .map((shape) => operation(resource, shape, path, name));
    return [
      ...served(base, collectionShapes, `${scope}${resource.kind}`),
      ...served(`${base}/{name}`, itemShapes, `${scope}${resource.kind}`),
      ...(resource.hasStatus
        ? served(`${base}/{name}/status`, statusShapes, `${scope}${resource.kind}Status`, [
            'get',
            'update',
            'patch',
          ])
        : []),
      ...(resource.namespaced
        ? served(
            `${root}/${resource.plural}`,
            collectionShapes.filter(({ verb }) => verb === 'list'),
            `${resource.kind}ForAllNamespaces`,
          )
        : []),
      ...subresourceOperations(resource, base, `${scope}${resource.kind}`),
    ];
  });
}

/** Whatever a subresource takes and gives is its own business. */
function subresourceOperations(resource: Resource, base: string, name: string) {
  return (resource.subresources ?? []).flatMap(
    ({ name: subresource, kind, verbs, group, version }) =>
      subresourceShapes
        .filter(({ verb }) => verbs.includes(verb))
        .map((shape): Operation => {
          const path = `${base}/{name}/${subresource}`;
          const id = `${name}${capital(subresource)}`;
          const ownKind = {
            kind,
            group: group ?? resource.group,
            version: version ?? resource.version,
          };
          return { ...bareOperation(resource, shape, path, id), kind: kindOf(ownKind) };
        }),
  );
}

interface Shape {
  readonly verb: Verb;
  readonly method: Operation['method'];
  readonly action: string;
  /** The first word of the operation's id. */
  readonly word: string;
  readonly takes: Operation['takes'];
  readonly query: readonly string[];
}

const listQuery = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const writeQuery = ['dryRun', 'fieldManager', 'fieldValidation'];
const deleteQuery = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

const collectionShapes: readonly Shape[] = [
  shape('list', 'get', 'list', 'list', 'nothing', listQuery),
  shape('create', 'post', 'post', 'create', 'object', writeQuery),
  shape('deletecollection', 'delete', 'deletecollection', 'delete', 'options', [
    ...deleteQuery,
    ...listQuery.filter((name) => name !== 'watch' && name !== 'allowWatchBookmarks'),
  ]),
];

const itemShapes: readonly Shape[] = [
  shape('get', 'get', 'get', 'read', 'nothing', []),
  shape('update', 'put', 'put', 'replace', 'object', writeQuery),
  shape('patch', 'patch', 'patch', 'patch', 'patch', [...writeQuery, 'force']),
  shape('delete', 'delete', 'delete', 'delete', 'options', deleteQuery),
];

const statusShapes = itemShapes.filter(({ verb }) => verb !== 'delete');

const subresourceShapes: readonly Shape[] = [
  shape('get', 'get', 'connect', 'connectGet', 'nothing', []),
  shape('create', 'post', 'connect', 'connectPost', 'nothing', []),
  shape('update', 'put', 'put', 'replace', 'object', writeQuery),
  shape('patch', 'patch', 'patch', 'patch', 'patch', [...writeQuery, 'force']),
  shape('delete', 'delete', 'connect', 'connectDelete', 'nothing', []),
];

function shape(
  verb: Verb,
  method: Operation['method'],
  action: string,
  word: string,
  takes: Operation['takes'],
  query: readonly string[],
): Shape {
  return { verb, method, action, word, takes, query };
}

function operation(resource: Resource, shape: Shape, path: string, name: string): Operation {
  const { schema, returnsDeleted = false } = resource;
  const status = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
  const isStatus =
    shape.verb === 'deletecollection' || (shape.verb === 'delete' && !returnsDeleted);
  const answers = shape.verb === 'list' ? `${schema}List` : isStatus ? status : schema;
  return { ...bareOperation(resource, shape, path, name), schema, answers };
}

function bareOperation(resource: Resource, shape: Shape, path: string, name: string): Operation {
  const { verb, method, action, word, takes, query } = shape;
  const collection = verb === 'deletecollection' ? 'Collection' : '';
  return {
    path,
    method,
    action,
    id: `${word}${groupWord(resource)}${collection}${name}`,
    kind: kindOf(resource),
    description: `${action} ${resource.kind}`,
    query,
    takes,
  };
}

/** `CoreV1`, `AppsV1`, `RbacAuthorizationV1`. */
function groupWord({ group, version }: Resource): string {
  const words = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.');
  return [...words, version].map(capital).join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The paths of an OpenAPI document: what kubectl looks at to know what a resource accepts. */
import type { JsonObject } from './api-object.ts';
import { kindOf, type Resource, type Verb } from './resource.ts';

export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/** The operations of these resources below `/api/v1` or `/apis/apps/v1`. */
export function pathsOf(root: string, resources: readonly Resource[]): JsonObject {
  const paths = resources.flatMap((resource) => {
    const base = `${root}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
    return [
      [base, operationsOf(resource, collectionOperations)],
      [`${base}/{name}`, operationsOf(resource, itemOperations)],
      ...(resource.hasStatus
        ? [[`${base}/{name}/status`, operationsOf(resource, statusOperations)]]
        : []),
      ...(resource.namespaced
        ? [[`${root}/${resource.plural}`, operationsOf(resource, everywhereOperations)]]
        : []),
    ] as const;
  });
  return Object.fromEntries(paths.filter(([, item]) => Object.keys(item).length > 0)) as JsonObject;
}

interface Operation {
  readonly method: string;
  readonly verb: Verb;
  readonly action: string;
  readonly parameters: readonly string[];
}

const listParameters = [
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
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'];

const collectionOperations: readonly Operation[] = [
  { method: 'get', verb: 'list', action: 'list', parameters: listParameters },
  { method: 'post', verb: 'create', action: 'post', parameters: writeParameters },
  {
    method: 'delete',
    verb: 'deletecollection',
    action: 'deletecollection',
    parameters: ['dryRun', 'labelSelector', 'fieldSelector'],
  },
];

const itemOperations: readonly Operation[] = [
  { method: 'get', verb: 'get', action: 'get', parameters: [] },
  { method: 'put', verb: 'update', action: 'put', parameters: writeParameters },
  { method: 'patch', verb: 'patch', action: 'patch', parameters: writeParameters },
  {
    method: 'delete',
    verb: 'delete',
    action: 'delete',
    parameters: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'],
  },
];

const statusOperations = itemOperations.filter(({ verb }) => verb !== 'delete');
const everywhereOperations = collectionOperations.filter(({ verb }) => verb === 'list');

function operationsOf(resource: Resource, operations: readonly Operation[]): JsonObject {
  const served = operations.filter(({ verb }) => resource.verbs.includes(verb));
  return Object.fromEntries(
    served.map((operation) => [operation.method, describe(resource, operation)]),
  );
}

function describe(resource: Resource, { verb, action, parameters }: Operation): JsonObject {
  const isList = verb === 'list' || verb === 'deletecollection';
  const schema = { $ref: `#/components/schemas/${resource.schema}${isList ? 'List' : ''}` };
  return {
    description: `${action} ${resource.kind}`,
    parameters: parameters.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    ...(verb === 'create' || verb === 'update'
      ? { requestBody: { required: true, content: { '*/*': { schema } } } }
      : {}),
    ...(verb === 'patch'
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              patchTypes.map((type) => [type, { schema: { type: 'object' } }]),
            ),
          },
        }
      : {}),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(resource),
  };
}

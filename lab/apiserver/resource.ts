/** The resource table's line: everything that the handlers, discovery and OpenAPI know of a resource. */
import type { ApiObject, JsonObject } from './api-object.ts';
import type { Call, Reply } from './handlers/call.ts';
import type { Cause } from './status.ts';

export type Verb =
  'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** A column of `kubectl get`, and how its cell is read. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  readonly format?: string;
  readonly description: string;
  /** 0: always shown; greater: with `-o wide`. */
  readonly priority?: number;
  cell(object: ApiObject, now: Date): string | number | boolean | null;
}

/** A path below an object that is no object of its own, such as a pod's log. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
  /** Answers a request for it. */
  connect(call: Call): Promise<Reply>;
}

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** The OpenAPI name of its type, as `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
  readonly columns: readonly Column[];
  /** With a status subresource, the main resource never writes `status`, nor `/status` the rest. */
  readonly hasStatus?: boolean;
  /** Whether a change of `spec` counts `metadata.generation` up. */
  readonly hasGeneration?: boolean;
  readonly subresources?: readonly Subresource[];
  /** Whether `delete` answers with what was deleted, instead of a Status. */
  readonly returnsDeleted?: boolean;
  /** How names must look; absent: a DNS subdomain. */
  readonly nameFormat?: 'subdomain' | 'label' | 'label1035';
  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: ApiObject) => string>>;
  /** Completes an object before it is validated; leaves what is set. */
  defaults?(object: ApiObject): ApiObject;
  /** Sets what only the server may set, at creation. */
  prepareForCreate?(object: ApiObject): ApiObject;
  /** Keeps what only the server may change. */
  prepareForUpdate?(object: ApiObject, old: ApiObject): ApiObject;
  /** What is wrong with an object. */
  validate?(object: ApiObject): readonly Cause[];
  /** What is wrong with a change. */
  validateUpdate?(object: ApiObject, old: ApiObject): readonly Cause[];
  /** Instead of storing: answers a `create` at once. Reviews do. */
  review?(object: JsonObject, call: Call): JsonObject;
}

/** The apiVersion of a resource: `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Group, version and kind, as OpenAPI and discovery write them. */
export function kindOf({ group, version, kind }: Resource, suffix = ''): JsonObject {
  return { group, kind: `${kind}${suffix}`, version };
}

/** The resource table's line: everything that the handlers, discovery and OpenAPI know of a resource. */
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import type { ApiObject } from './api-object.ts';
import type { Call, Reply } from './handlers/call.ts';
import type { ApiStore } from './registry.ts';
import type { ApiSettings } from './settings.ts';
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
  /** The group and version of its kind, where they are not the resource's. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly Verb[];
  /** Methods that have no verb, and are taken nevertheless. */
  readonly methods?: readonly string[];
  /** Whether what it answers is not ours to write: then any `Accept` will do. */
  readonly answersItself?: boolean;
  /** Answers a request for it. */
  connect(call: Call): Promise<Reply>;
}

export interface AllocationRequest {
  readonly store: ApiStore;
  readonly settings: ApiSettings;
  readonly isDryRun: boolean;
  readonly object: ApiObject;
  /** Absent at creation. */
  readonly old?: ApiObject;
}

/** What was allocated, until the write has succeeded or failed. */
export interface Allocation {
  readonly object: ApiObject;
  /** The object is written: gives back what it no longer needs. */
  commit(): Promise<void>;
  /** It is not: gives back what it got. */
  revert(): Promise<void>;
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
  readonly nameFormat?: 'subdomain' | 'label' | 'label1035' | 'path';
  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: ApiObject) => string>>;
  /** The store as this resource sees it, where it shows what another resource stores. */
  view?(store: ApiStore): ApiStore;
  /** Completes an object before it is validated; leaves what is set. */
  defaults?(object: ApiObject): ApiObject;
  /** Sets what only the server may set, at creation. */
  prepareForCreate?(object: ApiObject): ApiObject;
  /** Keeps what only the server may change. */
  prepareForUpdate?(object: ApiObject, old: ApiObject): ApiObject;
  /** Completes an object whose status has just been written. */
  prepareStatus?(object: ApiObject): ApiObject;
  /**
   * Completes an object that is created by what else is stored.
   *
   * @throws StatusError where something that it needs is not there.
   */
  admitCreate?(call: Call, object: ApiObject): Promise<ApiObject>;
  /** Gives the object what there is only once in the cluster, such as an address. */
  allocate?(request: AllocationRequest): Promise<Allocation>;
  /** Gives back what was allocated to an object that is gone. */
  release?(store: ApiStore, object: ApiObject): Promise<void>;
  /** What is wrong with an object. */
  validate?(object: ApiObject, settings: ApiSettings): readonly Cause[];
  /** What is wrong with a change. */
  validateUpdate?(object: ApiObject, old: ApiObject, settings: ApiSettings): readonly Cause[];
  /** What is wrong with a change of the status. */
  validateStatus?(object: ApiObject, old: ApiObject): readonly Cause[];
  /** Whether an update of what is not there creates it. */
  readonly isCreatedOnUpdate?: boolean;
  /** Whether an update must name the version that it was made from. */
  readonly mustBeVersioned?: boolean;
  /** Whether something beside the finalizers of its metadata holds an object that is being deleted. */
  isHeld?(object: ApiObject): boolean;
  /** Changes an object whose deletion begins. */
  prepareForDelete?(object: ApiObject): ApiObject;
  /** How long the deletion of an object may take, in seconds; absent: no time at all. */
  gracePeriod?(object: ApiObject, asked: number | undefined): number;
  /** Instead of storing: takes a `create` as it comes. */
  connect?(call: Call): Promise<Reply>;
  /** Instead of storing: answers a `create` at once. Reviews do. */
  review?(object: JsonObject, call: Call): JsonObject | Promise<JsonObject>;
  /**
   * Whether this user may write this object: what authorization cannot decide without seeing it.
   * `object` is absent where it is deleted, `old` where it is created.
   *
   * @throws StatusError
   */
  admit?(call: Call, object: ApiObject | undefined, old: ApiObject | undefined): void;
}

/** The apiVersion of a resource: `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Group, version and kind, as OpenAPI and discovery write them. */
export function kindOf(
  { group, version, kind }: Pick<Resource, 'group' | 'version' | 'kind'>,
  suffix = '',
): JsonObject {
  return { group, kind: `${kind}${suffix}`, version };
}

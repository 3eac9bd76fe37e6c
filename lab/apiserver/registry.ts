/** Between the resource table and the store: keys, and objects as clients see them. */
import type { Change, Entry, Store } from '../store/store.ts';
import { isObject, type ApiObject, type ObjectMeta } from './api-object.ts';
import { apiVersionOf, type Resource } from './resource.ts';

/** Objects are stored without kind, apiVersion and resourceVersion: those are known from elsewhere. */
export type ApiStore = Store<ApiObject>;
export type ApiEntry = Entry<ApiObject>;
export type ApiChange = Change<ApiObject>;

/** What of a resource its keys are made of. */
type Keyed = Pick<Resource, 'group' | 'plural' | 'namespaced'>;

export function keyPrefix({ group, plural, namespaced }: Keyed, namespace = ''): string {
  const all = `/${group === '' ? 'core' : group}/${plural}/`;
  return namespaced && namespace !== '' ? `${all}${namespace}/` : all;
}

export function keyOf(resource: Keyed, namespace: string, name: string): string {
  return keyPrefix(resource, namespace) + name;
}

const objects = new WeakMap<ApiEntry, ApiObject>();
/** The JSON of objects, without the opening brace. */
const texts = new WeakMap<ApiEntry, string>();

/** The object of an entry, with the resourceVersion that its revision gives it. */
export function objectOf(entry: ApiEntry): ApiObject {
  const earlier = objects.get(entry);
  if (earlier) return earlier;
  const { metadata, ...rest } = entry.value;
  const object = { metadata: orderMetadata(metadata, String(entry.revision)), ...rest };
  objects.set(entry, object);
  return object;
}

/** The JSON of an entry as an item of a list. */
export function itemTextOf(entry: ApiEntry): string {
  return `{${textOf(entry)}`;
}

/** The JSON of an entry with its kind and apiVersion. */
export function objectTextOf(resource: Resource, entry: ApiEntry): string {
  return `{${kindText(resource)},${textOf(entry)}`;
}

export function kindText(resource: Pick<Resource, 'kind' | 'group' | 'version'>): string {
  return `"kind":"${resource.kind}","apiVersion":"${apiVersionOf(resource)}"`;
}

/** An object with its kind and apiVersion in front. */
export function withKind(resource: Resource, object: ApiObject): ApiObject {
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), ...object };
}

/** What is stored: without what the key and the revision say, metadata in Kubernetes' order. */
export function toStored(object: ApiObject): ApiObject {
  const fields = Object.entries(object).filter(([field]) => !known.has(field));
  return {
    metadata: orderMetadata(object.metadata, undefined),
    ...Object.fromEntries(fields),
  };
}

const known = new Set(['kind', 'apiVersion', 'metadata']);

const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[];

function orderMetadata(metadata: ObjectMeta, resourceVersion: string | undefined): ObjectMeta {
  const source = { ...metadata, resourceVersion };
  const ordered = metadataOrder.flatMap((field) => {
    const value = source[field];
    const isEmpty =
      value === undefined ||
      (Array.isArray(value) && value.length === 0) ||
      (isObject(value) && Object.keys(value).length === 0);
    return isEmpty ? [] : [[field, value] as const];
  });
  return { ...(Object.fromEntries(ordered) as Partial<ObjectMeta>), name: metadata.name };
}

function textOf(entry: ApiEntry): string {
  const stored = entry.text === undefined ? undefined : withVersion(entry.text, entry.revision);
  if (stored !== undefined) return stored;
  const earlier = texts.get(entry);
  if (earlier !== undefined) return earlier;
  const text = JSON.stringify(objectOf(entry)).slice(1);
  texts.set(entry, text);
  return text;
}

/** What stands before the resourceVersion, in the order of `metadataOrder`. */
const beforeVersion = ['generateName', 'namespace', 'uid'].map(
  (field) => String.raw`(?:,"${field}":"(?:[^"\\]|\\.)*")?`,
);
const head = new RegExp(
  String.raw`^\{"metadata":\{"name":"(?:[^"\\]|\\.)*"${beforeVersion.join('')}`,
);

/**
 * The stored JSON with its resourceVersion put in, which spares reading and writing all of it: most of
 * what a list shows, nobody looks into.
 */
function withVersion(stored: string, revision: number): string | undefined {
  const start = head.exec(stored)?.[0].length;
  if (start === undefined) return undefined;
  return `${stored.slice(1, start)},"resourceVersion":"${revision}"${stored.slice(start)}`;
}

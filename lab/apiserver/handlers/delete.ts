/** `delete` and `deletecollection`. */
import { isObject, textAt, type Json, type JsonObject } from '../api-object.ts';
import { mediaTypeOf, readBody } from '../body.ts';
import { deleteContents } from '../namespace-contents.ts';
import { timestamp } from '../metadata.ts';
import { keyOf, keyPrefix, objectOf, toStored, withKind, type ApiEntry } from '../registry.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import { readSelector } from '../selectors.ts';
import { conflict, forbidden, internalError, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { isDryRun } from './dry-run.ts';

export async function remove(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  const options = await readOptions(call);
  const key = keyOf(resource, info.namespace, info.name);
  for (;;) {
    const entry = await store.get(key);
    if (!entry) throw notFound(resource, info.name);
    checkPreconditions(resource, entry, options);
    checkImmortal(resource, info.name);
    const deleted = isDryRun(info.query, options) ? entry : await removeEntry(call, entry);
    if (deleted) return { status: 200, body: answer(resource, deleted) };
  }
}

export async function removeCollection(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  const options = await readOptions(call);
  const selector = readSelector(resource, info.query);
  const page = await store.list({ prefix: keyPrefix(resource, info.namespace) });
  if (page.result !== 'page') throw internalError('the store has no list of now');
  const entries = page.entries.filter((entry) => selector(objectOf(entry)));
  if (!isDryRun(info.query, options)) {
    // What somebody else changed or removed meanwhile is no longer what was selected.
    for (const entry of entries) await removeEntry(call, entry);
  }
  return {
    status: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(page.revision) },
      items: entries.map(objectOf),
    },
  };
}

/**
 * Removes an object, or marks it where finalizers hold it. A namespace takes with it what is in it.
 * Undefined: somebody else was faster.
 */
async function removeEntry(call: Call, entry: ApiEntry): Promise<ApiEntry | undefined> {
  const { resource, store } = call;
  if (resource.kind === 'Namespace') await deleteContents(store, entry.value.metadata.name);
  const { metadata } = entry.value;
  if (metadata.finalizers && metadata.finalizers.length > 0) {
    if (metadata.deletionTimestamp) return entry;
    const marked = {
      ...metadata,
      deletionTimestamp: timestamp(),
      deletionGracePeriodSeconds: 0,
    };
    const written = await store.update(
      entry.key,
      toStored({ ...entry.value, metadata: marked }),
      entry.revision,
    );
    return written.result === 'written' ? written.entry : undefined;
  }
  const written = await store.delete(entry.key, entry.revision);
  return written.result === 'written' ? written.entry : undefined;
}

const deleteOptions = {
  kind: 'DeleteOptions',
  schema: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
};

/** DeleteOptions are optional, and no object of the resource. */
async function readOptions({ request }: Call): Promise<Json> {
  if (request.headers['content-length'] === '0') return null;
  const hasBody =
    request.headers['content-length'] !== undefined ||
    request.headers['transfer-encoding'] !== undefined ||
    mediaTypeOf(request) !== '';
  return hasBody ? readBody(request, deleteOptions, { isEmptyAllowed: true }) : null;
}

function checkPreconditions(resource: Resource, entry: ApiEntry, options: Json): void {
  const { name, uid, resourceVersion } = objectOf(entry).metadata;
  const preconditions = isObject(options) ? options.preconditions : undefined;
  const cases = [
    ['UID', 'UID', textAt(preconditions, 'uid'), uid ?? ''],
    [
      'ResourceVersion',
      'ResourceVersion',
      textAt(preconditions, 'resourceVersion'),
      resourceVersion ?? '',
    ],
  ] as const;
  for (const [what, meta, wanted, actual] of cases) {
    if (wanted === '' || wanted === actual) continue;
    throw conflict(
      resource,
      name,
      `Precondition failed: ${what} in precondition: ${wanted}, ${meta} in object meta: ${actual}`,
    );
  }
}

const immortal = new Set(['default', 'kube-system', 'kube-public']);

function checkImmortal(resource: Resource, name: string): void {
  if (resource.kind === 'Namespace' && immortal.has(name)) {
    throw forbidden('this namespace may not be deleted', resource, name);
  }
}

function answer(resource: Resource, entry: ApiEntry): JsonObject {
  const object = objectOf(entry);
  if (resource.returnsDeleted || object.metadata.deletionTimestamp) {
    return withKind(resource, object);
  }
  const { name, uid } = object.metadata;
  const { group, plural } = resource;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(group === '' ? {} : { group }),
      kind: plural,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

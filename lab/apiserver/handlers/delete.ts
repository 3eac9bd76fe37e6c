/** `delete` and `deletecollection`. */
import { admit } from '../admission.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { keyOf, keyPrefix, objectOf, toStored, withKind, type ApiEntry } from '../registry.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import { readSelector } from '../selectors.ts';
import { conflict, forbidden, internalError, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { readDeleteOptions, type DeleteOptions } from './delete-options.ts';
import { deletionOf } from './deletion.ts';

export async function remove(call: Call): Promise<Reply> {
  const options = await readDeleteOptions(call);
  const { entry, isRemoved } = await removeNamed(call, options);
  const isAccepted = !isRemoved && options.propagation === 'Foreground';
  return { status: isAccepted ? 202 : 200, body: answer(call.resource, entry, isRemoved) };
}

/** Deletes the object that a request names, as these options say. */
export async function removeNamed(call: Call, options: DeleteOptions): Promise<Removal> {
  const { resource, info, store } = call;
  const key = keyOf(resource, info.namespace, info.name);
  for (;;) {
    const entry = await store.get(key);
    if (!entry) throw notFound(resource, info.name);
    checkPreconditions(resource, entry, options);
    checkImmortal(resource, info.name);
    const removal = await removeEntry(call, entry, options);
    if (removal) return removal;
  }
}

export async function removeCollection(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  const options = await readDeleteOptions(call);
  const selector = readSelector(resource, info.query);
  const page = await store.list({ prefix: keyPrefix(resource, info.namespace) });
  if (page.result !== 'page') throw internalError('the store has no list of now');
  const entries = page.entries.filter((entry) => selector(objectOf(entry)));
  for (const entry of entries) await removeSelected(call, entry, options);
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

/** What was changed meanwhile goes too; what was removed, and perhaps made anew, was not selected. */
async function removeSelected(
  call: Call,
  selected: ApiEntry,
  options: DeleteOptions,
): Promise<void> {
  const { uid } = selected.value.metadata;
  let entry: ApiEntry | undefined = selected;
  while (entry && entry.value.metadata.uid === uid) {
    if (await removeEntry(call, entry, options)) return;
    entry = await call.store.get(selected.key);
  }
}

interface Removal {
  readonly entry: ApiEntry;
  /** Gone, and not only marked. */
  readonly isRemoved: boolean;
}

/** Removes an object, or marks it where something holds it. Undefined: somebody else was faster. */
async function removeEntry(
  call: Call,
  entry: ApiEntry,
  options: DeleteOptions,
): Promise<Removal | undefined> {
  const { resource, store } = call;
  admit(call, undefined, objectOf(entry));
  const deletion = deletionOf(resource, entry.value, options);
  if (deletion.step === 'wait') return { entry, isRemoved: false };
  const isRemoved = deletion.step === 'remove';
  if (options.isDryRun) return { entry, isRemoved };
  const written =
    deletion.step === 'remove'
      ? await store.delete(entry.key, entry.revision)
      : await store.update(entry.key, toStored(deletion.object), entry.revision);
  if (written.result !== 'written') return undefined;
  if (isRemoved) await resource.release?.(store, entry.value);
  return { entry: written.entry, isRemoved };
}

function checkPreconditions(
  resource: Resource,
  entry: ApiEntry,
  { uid: wantedUid, resourceVersion: wantedVersion }: DeleteOptions,
): void {
  const { name, uid, resourceVersion } = objectOf(entry).metadata;
  const cases = [
    ['UID', wantedUid, uid ?? ''],
    ['ResourceVersion', wantedVersion, resourceVersion ?? ''],
  ] as const;
  for (const [what, wanted, actual] of cases) {
    if (wanted === '' || wanted === actual) continue;
    throw conflict(
      resource,
      name,
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${actual}`,
    );
  }
}

const immortal = new Set(['default', 'kube-system', 'kube-public']);

function checkImmortal(resource: Resource, name: string): void {
  if (resource.kind === 'Namespace' && immortal.has(name)) {
    throw forbidden('this namespace may not be deleted', resource, name);
  }
}

function answer(resource: Resource, entry: ApiEntry, isRemoved: boolean): JsonObject {
  const object = objectOf(entry);
  if (resource.returnsDeleted || !isRemoved) return withKind(resource, object);
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

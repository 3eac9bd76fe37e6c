/** `update` and `patch`, of an object or of a part of it such as its status. */
import { admit } from '../admission.ts';
import { isSameJson, without, type ApiObject } from '../api-object.ts';
import { applyType, managerOf } from '../apply/field-manager.ts';
import { trackUpdate } from '../apply/track-update.ts';
import { decodeObject, mediaTypeOf, readBody, readBytes } from '../body.ts';
import {
  metadataForUpdate,
  validateMetadata,
  validateMetadataUpdate,
  validateVersion,
} from '../metadata.ts';
import { parsePatch, patcherOf } from '../patch/apply-patch.ts';
import { keyOf, objectOf, toStored, withKind, type ApiEntry } from '../registry.ts';
import type { Allocation } from '../resource.ts';
import { badRequest, conflict, invalid, modifiedMeanwhile, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { createObject } from './create.ts';
import { demandPermissionToCreate } from './create-on-update.ts';
import { isDryRun } from './dry-run.ts';
import { changeOf } from './parts.ts';

export async function update(call: Call): Promise<Reply> {
  const { resource, info, request, response } = call;
  const sent = await readBody(request, resource);
  const decoded = decodeObject(resource, sent, info.query, response);
  demandSameName(call, decoded);
  for (;;) {
    const entry = await find(call);
    if (!entry && resource.isCreatedOnUpdate && info.subresource === '') {
      demandPermissionToCreate(call);
      const { name } = decoded.metadata;
      const metadata = { ...without(decoded.metadata, 'resourceVersion', 'uid'), name };
      return createObject(call, { ...decoded, metadata });
    }
    if (!entry) throw notFound(resource, info.name);
    const reply = await writeObject(call, entry, decoded);
    // Whoever named a version learns in the next round that it is not the newest.
    if (reply !== 'raced') return reply;
  }
}

/** How often a patch is tried again on a newer version, as upstream does. */
const patchAttempts = 5;

export async function patch(call: Call): Promise<Reply> {
  const { resource, info, request, response } = call;
  const apply = await patcherOf(mediaTypeOf(request));
  const sent = parsePatch(await readBytes(request));
  for (let attempt = 1; ; attempt++) {
    const entry = await find(call);
    if (!entry) throw notFound(resource, info.name);
    const current = withKind(resource, objectOf(entry));
    const patched = apply(current, sent, resource.schema);
    const decoded = decodeObject(resource, patched, info.query, response);
    demandSameName(call, decoded);
    const reply = await writeObject(call, entry, decoded);
    if (reply !== 'raced') return reply;
    if (attempt === patchAttempts) throw modifiedMeanwhile(resource, info.name);
  }
}

async function find({ resource, info, store }: Call): Promise<ApiEntry | undefined> {
  return store.get(keyOf(resource, info.namespace, info.name));
}

function demandSameName({ info }: Call, { metadata }: ApiObject): void {
  if (metadata.name === '') {
    throw badRequest(
      `the name of the object (${info.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata.name !== info.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`,
    );
  }
  if (metadata.namespace !== undefined && metadata.namespace !== info.namespace) {
    throw badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${info.namespace})`,
    );
  }
}

interface Written {
  readonly status: 200;
  readonly body: ApiObject;
}

/**
 * Writes an object that has been decoded over the entry it was made from.
 * `raced`: somebody else wrote between our read and our write.
 */
export async function writeObject(
  call: Call,
  entry: ApiEntry,
  decoded: ApiObject,
): Promise<Written | 'raced'> {
  const { resource, info, store } = call;
  const old = objectOf(entry);
  checkPreconditions(call, decoded, old);
  const changed = merge(call, decoded, old);
  const allocation = await allocate(call, changed, old);
  try {
    const object = managed(call, counted(call, allocation.object, old), old);
    const causes = validate(call, object, old);
    if (causes.length > 0) throw invalid(resource, info.name, causes);
    admit(call, object, old);

    const stored = toStored(object);
    const isUnchanged = isSameJson(stored, toStored(old));
    if (isUnchanged) {
      await allocation.revert();
      return { status: 200, body: withKind(resource, old) };
    }
    if (isDryRun(info.query)) {
      const metadata = { ...stored.metadata, resourceVersion: String(entry.revision) };
      return { status: 200, body: withKind(resource, { ...stored, metadata }) };
    }
    const isGone = isFinished(call, stored, old);
    const written = isGone
      ? await store.delete(entry.key, entry.revision)
      : await store.update(entry.key, stored, entry.revision);
    if (written.result === 'missing') throw notFound(resource, info.name);
    if (written.result !== 'written') {
      await allocation.revert();
      return 'raced';
    }
    await allocation.commit();
    if (isGone) await resource.release?.(store, old);
    const body = isGone ? stored : objectOf(written.entry);
    return { status: 200, body: withKind(resource, body) };
  } catch (error) {
    await allocation.revert();
    throw error;
  }
}

const nothing = async () => undefined;

async function allocate(call: Call, object: ApiObject, old: ApiObject): Promise<Allocation> {
  const { resource, info, store, settings } = call;
  const request = { store, settings, object, old, isDryRun: isDryRun(info.query) };
  const allocated = info.subresource === '' ? await resource.allocate?.(request) : undefined;
  return allocated ?? { object, commit: nothing, revert: nothing };
}

function validate({ resource, info, settings }: Call, object: ApiObject, old: ApiObject) {
  const metadata = [
    ...validateMetadata(resource, object),
    ...validateMetadataUpdate(object.metadata, old.metadata),
  ];
  if (info.subresource === 'status') {
    return [...metadata, ...(resource.validateStatus?.(object, old) ?? [])];
  }
  return [
    ...metadata,
    ...(resource.validateUpdate?.(object, old, settings) ?? []),
    ...(resource.validate?.(object, settings) ?? []),
  ];
}

function checkPreconditions({ resource, info }: Call, sent: ApiObject, old: ApiObject): void {
  const { resourceVersion, uid } = sent.metadata;
  if (uid !== undefined && uid !== old.metadata.uid) {
    throw conflict(
      resource,
      info.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`,
    );
  }
  const causes = validateVersion(resource, resourceVersion);
  if (causes.length > 0) throw invalid(resource, info.name, causes);
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw modifiedMeanwhile(resource, info.name);
  }
}

/** The new object: of the old one what this path may not change, of the sent one the rest. */
function merge({ resource, info }: Call, sent: ApiObject, old: ApiObject): ApiObject {
  const metadata = metadataForUpdate(sent.metadata, old.metadata);
  if (info.subresource !== '') {
    const part = changeOf(info.subresource, resource)({ ...sent, metadata }, old);
    return info.subresource === 'status' ? (resource.prepareStatus?.(part) ?? part) : part;
  }
  const { status: sentStatus, ...rest } = sent;
  const status = resource.hasStatus ? old.status : sentStatus;
  const withMetadata: ApiObject = {
    ...rest,
    metadata,
    ...(status === undefined ? {} : { status }),
  };
  const defaulted = resource.defaults?.(withMetadata) ?? withMetadata;
  return resource.prepareForUpdate?.(defaulted, old) ?? defaulted;
}

/** Who applies has said already what it manages. */
function managed(call: Call, object: ApiObject, old: ApiObject): ApiObject {
  if (mediaTypeOf(call.request) === applyType) return object;
  return trackUpdate(call.resource.schema, old, object, managerOf(call, 'Update'));
}

/** The generation counts the changes of what is wanted. */
function counted({ resource }: Call, object: ApiObject, old: ApiObject): ApiObject {
  if (!resource.hasGeneration || isSameJson(object.spec, old.spec)) return object;
  const generation = (old.metadata.generation ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** Whether this write takes away the last thing that held an object which is being deleted. */
function isFinished({ resource }: Call, now: ApiObject, old: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0) return false;
  return (now.metadata.finalizers ?? []).length === 0 && !(resource.isHeld?.(now) ?? false);
}

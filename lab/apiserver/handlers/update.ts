/** `update` and `patch`, of an object or of its status. */
import type { ApiObject, Json } from '../api-object.ts';
import { decodeObject, mediaTypeOf, readBody, readBytes } from '../body.ts';
import { metadataForUpdate, validateMetadata } from '../metadata.ts';
import { patcherOf } from '../patch/apply-patch.ts';
import { keyOf, objectOf, toStored, withKind, type ApiEntry } from '../registry.ts';
import { badRequest, conflict, invalid, modifiedMeanwhile, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { isDryRun } from './dry-run.ts';

export async function update(call: Call): Promise<Reply> {
  const { resource, info, request, response } = call;
  const sent = await readBody(request, resource);
  const decoded = decodeObject(resource, sent, info.query, response);
  const { name } = decoded.metadata;
  if (name !== '' && name !== info.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${info.name})`,
    );
  }
  const reply = await write(call, await demand(call), decoded);
  if (reply === 'raced') throw modifiedMeanwhile(call.resource, info.name);
  return reply;
}

/** How often a patch is tried again on a newer version, as upstream does. */
const patchAttempts = 5;

export async function patch(call: Call): Promise<Reply> {
  const { resource, info, request, response } = call;
  const apply = patcherOf(mediaTypeOf(request));
  const sent = parsePatch(await readBytes(request));
  for (let attempt = 1; ; attempt++) {
    const entry = await demand(call);
    const current = withKind(resource, objectOf(entry));
    const patched = apply(current, sent, resource.schema);
    const decoded = decodeObject(resource, patched, info.query, response);
    const reply = await write(call, entry, decoded);
    if (reply !== 'raced') return reply;
    if (attempt === patchAttempts) throw modifiedMeanwhile(resource, info.name);
  }
}

async function demand({ resource, info, store }: Call): Promise<ApiEntry> {
  const entry = await store.get(keyOf(resource, info.namespace, info.name));
  if (!entry) throw notFound(resource, info.name);
  return entry;
}

/** `raced`: somebody else wrote between our read and our write. */
async function write(call: Call, entry: ApiEntry, decoded: ApiObject): Promise<Reply | 'raced'> {
  const { resource, info, store } = call;
  const old = objectOf(entry);
  checkPreconditions(call, decoded, old);
  const object = merge(call, decoded, old);
  const causes = [
    ...validateMetadata(resource, object),
    ...(resource.validate?.(object) ?? []),
    ...(resource.validateUpdate?.(object, old) ?? []),
  ];
  if (causes.length > 0) throw invalid(resource, info.name, causes);

  const stored = toStored(object);
  const isUnchanged = JSON.stringify(stored) === JSON.stringify(toStored(old));
  if (isUnchanged) return { status: 200, body: withKind(resource, old) };
  if (isDryRun(info.query)) {
    const metadata = { ...stored.metadata, resourceVersion: String(entry.revision) };
    return { status: 200, body: withKind(resource, { ...stored, metadata }) };
  }
  const isGone = stored.metadata.deletionTimestamp && !stored.metadata.finalizers;
  const written = isGone
    ? await store.delete(entry.key, entry.revision)
    : await store.update(entry.key, stored, entry.revision);
  if (written.result === 'missing') throw notFound(resource, info.name);
  if (written.result !== 'written') return 'raced';
  return { status: 200, body: withKind(resource, objectOf(written.entry)) };
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
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw modifiedMeanwhile(resource, info.name);
  }
}

/** The new object: the status of the one and the rest of the other, and the generation counted up. */
function merge({ resource, info }: Call, sent: ApiObject, old: ApiObject): ApiObject {
  if (info.subresource === 'status') {
    const { status } = sent;
    return { ...old, ...(status === undefined ? {} : { status }) };
  }
  const metadata = metadataForUpdate(sent.metadata, old.metadata);
  const { status: sentStatus, ...rest } = sent;
  const status = resource.hasStatus ? old.status : sentStatus;
  const withMetadata: ApiObject = {
    ...rest,
    metadata,
    ...(status === undefined ? {} : { status }),
  };
  const defaulted = resource.defaults?.(withMetadata) ?? withMetadata;
  const prepared = resource.prepareForUpdate?.(defaulted, old) ?? defaulted;
  const isChanged = JSON.stringify(prepared.spec) !== JSON.stringify(old.spec);
  if (!resource.hasGeneration || !isChanged) return prepared;
  const generation = (old.metadata.generation ?? 0) + 1;
  return { ...prepared, metadata: { ...prepared.metadata, generation } };
}

function parsePatch(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : ''}`);
  }
}

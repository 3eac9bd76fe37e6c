/** `create`. */
import { admit } from '../admission.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, textAt, type ApiObject } from '../api-object.ts';
import { decodeObject, readBody } from '../body.ts';
import { generateName, metadataForCreate, validateMetadata } from '../metadata.ts';
import { keyOf, objectOf, toStored, withKind } from '../registry.ts';
import { apiVersionOf, type Allocation } from '../resource.ts';
import { conform } from '../schema/conform.ts';
import {
  alreadyExists,
  badRequest,
  forbidden,
  invalid,
  notFound,
  qualifiedName,
  StatusError,
} from '../status.ts';
import type { Call, Reply } from './call.ts';
import { isDryRun } from './dry-run.ts';

export async function create(call: Call): Promise<Reply> {
  const { resource, info, request, response } = call;
  if (resource.connect) return resource.connect(call);
  const sent = await readBody(request, resource);
  if (resource.review) return { status: 201, body: await review(call, isObject(sent) ? sent : {}) };

  const decoded = decodeObject(resource, sent, info.query, response);
  const { namespace } = decoded.metadata;
  if (resource.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  return createObject(call, decoded);
}

/** How often another name is made for a prefix, as upstream does. */
const nameAttempts = 8;

/** Creates an object that has been decoded: admission, allocation, validation, and the write itself. */
export async function createObject(call: Call, decoded: ApiObject): Promise<Reply> {
  const { resource, info, store } = call;
  if (decoded.metadata.resourceVersion !== undefined) {
    const message = 'resourceVersion should not be set on objects to be created';
    throw new StatusError(500, undefined, message);
  }
  await demandNamespace(call, decoded);
  const own = prepare(call, decoded);
  const prepared = (await resource.admitCreate?.(call, own)) ?? own;
  const isNameGenerated = decoded.metadata.name === '' && prepared.metadata.name !== '';
  let object = prepared;
  for (let attempt = 1; ; attempt += 1) {
    const allocation = await allocate(call, object);
    const stored = toStored(allocation.object);
    const key = keyOf(resource, info.namespace, stored.metadata.name);
    try {
      const causes = [
        ...validateMetadata(resource, allocation.object),
        ...(resource.validate?.(allocation.object, call.settings) ?? []),
      ];
      if (causes.length > 0) throw invalid(resource, stored.metadata.name, causes);
      admit(call, allocation.object, undefined);
      const existing = isDryRun(info.query) ? await store.get(key) : undefined;
      if (isDryRun(info.query) && !existing)
        return { status: 201, body: withKind(resource, stored) };
      const write = existing
        ? ({ result: 'exists', entry: existing } as const)
        : await store.create(key, stored);
      if (write.result === 'written') {
        await allocation.commit();
        return { status: 201, body: withKind(resource, objectOf(write.entry)) };
      }
      if (!isNameGenerated) throw taken(call, stored, write.result === 'exists' && write.entry);
      if (attempt === nameAttempts) throw exhausted(call, stored);
    } catch (error) {
      await allocation.revert();
      throw error;
    }
    await allocation.revert();
    const name = generateName(object.metadata.generateName ?? '');
    object = { ...prepared, metadata: { ...prepared.metadata, name } };
  }
}

async function allocate(call: Call, object: ApiObject): Promise<Allocation> {
  const { resource, store, settings, info } = call;
  const allocated = await resource.allocate?.({
    store,
    settings,
    object,
    isDryRun: isDryRun(info.query),
  });
  return allocated ?? { object, commit: async () => undefined, revert: async () => undefined };
}

function prepare({ resource, info }: Call, decoded: ApiObject): ApiObject {
  const metadata = metadataForCreate(resource, decoded.metadata, info.namespace);
  // What a client says of the status counts only at `/status`.
  const fields = Object.entries(decoded).filter(
    ([field]) => field !== 'status' || !resource.hasStatus,
  );
  const named: ApiObject = { ...Object.fromEntries(fields), metadata };
  const defaulted = resource.defaults?.(named) ?? named;
  return resource.prepareForCreate?.(defaulted) ?? defaulted;
}

const namespaces = { group: '', plural: 'namespaces', namespaced: false } as const;

/** A namespaced object needs its namespace, and one that is not going away. */
async function demandNamespace({ resource, info, store }: Call, sent: ApiObject): Promise<void> {
  if (!resource.namespaced) return;
  const found = await store.get(keyOf(namespaces, '', info.namespace));
  if (!found) throw notFound(namespaces, info.namespace);
  const isEnding =
    found.value.metadata.deletionTimestamp !== undefined ||
    textAt(found.value, 'status', 'phase') === 'Terminating';
  if (!isEnding) return;
  const name = sent.metadata.name || (sent.metadata.generateName ?? '');
  const refusal = forbidden(
    `unable to create new content in namespace ${info.namespace} because it is being terminated`,
    resource,
    name,
  );
  throw new StatusError(refusal.code, refusal.reason, refusal.message, {
    ...refusal.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${info.namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

/** The name is taken; perhaps not for long any more. */
function taken(
  { resource }: Call,
  { metadata }: ApiObject,
  entry: false | { readonly value: ApiObject },
): StatusError {
  const error = alreadyExists(resource, metadata.name);
  if (!entry || !entry.value.metadata.deletionTimestamp) return error;
  const message = `object is being deleted: ${error.message}`;
  return new StatusError(error.code, error.reason, message, error.details);
}

function exhausted({ resource }: Call, { metadata }: ApiObject): StatusError {
  const message = `${qualifiedName(resource)} "${metadata.name}" already exists, the server was not able to generate a unique name for the object`;
  return new StatusError(409, 'AlreadyExists', message, {
    name: metadata.name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    retryAfterSeconds: 1,
  });
}

async function review(call: Call, sent: JsonObject): Promise<JsonObject> {
  const { resource } = call;
  const { object } = conform(resource.schema, sent);
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    ...(await resource.review?.({ metadata: {}, ...object }, call)),
  };
}

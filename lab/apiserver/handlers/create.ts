/** `create`. */
import { isObject, type ApiObject, type JsonObject } from '../api-object.ts';
import { decodeObject, readBody } from '../body.ts';
import { metadataForCreate, validateMetadata } from '../metadata.ts';
import { findResource } from '../resource-table.ts';
import { keyOf, objectOf, toStored, withKind } from '../registry.ts';
import { apiVersionOf } from '../resource.ts';
import { conform } from '../schema/conform.ts';
import { alreadyExists, badRequest, invalid, notFound } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { isDryRun } from './dry-run.ts';

export async function create(call: Call): Promise<Reply> {
  const { resource, info, store, request, response } = call;
  const sent = await readBody(request, resource);
  if (resource.review) return { status: 201, body: review(call, isObject(sent) ? sent : {}) };

  const decoded = decodeObject(resource, sent, info.query, response);
  const { namespace } = decoded.metadata;
  if (resource.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  await demandNamespace(call);
  const object = prepare(call, decoded);
  const causes = [...validateMetadata(resource, object), ...(resource.validate?.(object) ?? [])];
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);

  const stored = toStored(object);
  const { name } = stored.metadata;
  const key = keyOf(resource, info.namespace, name);
  if (isDryRun(info.query)) {
    if (await store.get(key)) throw alreadyExists(resource, name);
    return { status: 201, body: withKind(resource, stored) };
  }
  const write = await store.create(key, stored);
  if (write.result !== 'written') throw alreadyExists(resource, name);
  return { status: 201, body: withKind(resource, objectOf(write.entry)) };
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

/** A namespaced object needs its namespace, and one that is not going away. */
async function demandNamespace({ resource, info, store }: Call): Promise<void> {
  const namespaces = findResource('', 'v1', 'namespaces');
  if (!resource.namespaced || !namespaces) return;
  const found = await store.get(keyOf(namespaces, '', info.namespace));
  if (!found) throw notFound(namespaces, info.namespace);
}

function review(call: Call, sent: JsonObject): JsonObject {
  const { resource } = call;
  const { object } = conform(resource.schema, sent);
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    ...resource.review?.({ metadata: {}, ...object }, call),
  };
}

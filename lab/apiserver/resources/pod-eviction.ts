/** `eviction`: a deletion that asks first. No budget stands against it here. */
import { at } from '../api-object.ts';
import { decodeObject, readBody } from '../body.ts';
import type { Call, Reply } from '../handlers/call.ts';
import { parseDeleteOptions } from '../handlers/delete-options.ts';
import { removeNamed } from '../handlers/delete.ts';
import type { Resource, Subresource } from '../resource.ts';
import { badRequest } from '../status.ts';

export const evictionSubresource: Subresource = {
  name: 'eviction',
  kind: 'Eviction',
  group: 'policy',
  version: 'v1',
  verbs: ['create'],
  connect: evict,
};

const evictions: Resource = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  plural: 'evictions',
  singular: 'eviction',
  namespaced: true,
  verbs: [],
  schema: 'io.k8s.api.policy.v1.Eviction',
  columns: [],
};

async function evict(call: Call): Promise<Reply> {
  const { info, request, response } = call;
  const sent = await readBody(request, evictions);
  const eviction = decodeObject(evictions, sent, info.query, response);
  const { name } = eviction.metadata;
  if (name !== '' && name !== info.name)
    throw badRequest('name in URL does not match name in Eviction object');
  const options = parseDeleteOptions(at(eviction, 'deleteOptions') ?? null, info.query);
  await removeNamed(call, options);
  return {
    status: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

/** `proxy`, which leads through the apiserver to a node, a pod or a Service: not yet. */
import { textAt } from './api-object.ts';
import type { Call, Reply } from './handlers/call.ts';
import { keyOf, objectOf } from './registry.ts';
import type { Subresource, Verb } from './resource.ts';
import { notFound, StatusError } from './status.ts';

const proxyVerbs: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update'];

/** `proxy`, below pods, services and nodes. */
export function proxySubresource(kind: string): Subresource {
  return { name: 'proxy', kind, verbs: proxyVerbs, connect: refuseProxy };
}

async function refuseProxy(call: Call): Promise<Reply> {
  const { resource, info } = call;
  // Names may be given as `https:web:443`: the middle part is the object.
  const [first = '', second] = info.name.split(':');
  const name = second !== undefined && (first === 'http' || first === 'https') ? second : first;
  const object = await find(call, name);
  if (resource.kind === 'Service') {
    const message = `no endpoints available for service "${info.name}"`;
    throw new StatusError(503, 'ServiceUnavailable', message);
  }
  const address = textAt(object, 'status', 'podIP') || name;
  const message = `error trying to reach service: dial tcp ${address}: connect: connection refused`;
  throw new StatusError(503, 'ServiceUnavailable', message);
}

async function find({ resource, info, store }: Call, name: string) {
  const entry = await store.get(keyOf(resource, info.namespace, name));
  if (!entry) throw notFound(resource, name);
  return objectOf(entry);
}

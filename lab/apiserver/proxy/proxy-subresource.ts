/** `proxy`, which leads through the apiserver to a node, a pod or a Service. */
import type { ProxyResource } from '../../../proxies/apiserver-proxy/proxy-call.ts';
import type { Call, Reply } from '../handlers/call.ts';
import type { Subresource } from '../resource.ts';
import { internalError, methodNotAllowed } from '../status.ts';
import { placeOf } from '../../../proxies/kit/apiserver/proxied-path.ts';

/** The subresource of nodes, pods or services; `kind` is that of its options. */
export function proxySubresource(resource: ProxyResource, kind: string): Subresource {
  return {
    name: 'proxy',
    kind,
    verbs: ['create', 'delete', 'get', 'patch', 'update'],
    methods: ['OPTIONS'],
    answersItself: true,
    connect: (call) => connect(call, resource),
  };
}

async function connect(call: Call, resource: ProxyResource): Promise<Reply> {
  const { request, response, info, user, signal, upgrade, requestId, proxy } = call;
  if (!proxy) throw internalError('this apiserver has no proxy');
  // `/api/v1/watch/…/proxy`: it was authorized as a watch, and its path has another segment.
  if (info.verb === 'watch') throw methodNotAllowed();
  await proxy.serve({
    request,
    response,
    upgrade,
    signal,
    requestId: requestId ?? '',
    user: user.name,
    resource,
    namespace: info.namespace,
    id: info.name,
    ...placeOf(info),
  });
  return null;
}

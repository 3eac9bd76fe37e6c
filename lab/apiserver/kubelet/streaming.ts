/** `pods/exec`, `attach` and `portforward`: the client's connection, tied to the kubelet's. */
import type { TLSSocket } from 'node:tls';
import type { Call, Reply } from '../handlers/call.ts';
import type { Subresource } from '../resource.ts';
import { badRequest, StatusError } from '../status.ts';
import { DialError, hostPort } from './kubelets.ts';
import { locate } from './location.ts';
import { kubeletOf, podOf } from './pod-container.ts';
import type { UpgradedConnection } from '../../../proxies/kit/http/server-exchange.ts';
import { tie } from './tie.ts';
import { upgradeHead } from './upgrade-head.ts';

/** A subresource that the pod's kubelet serves, over an upgraded connection. */
export function kubeletSubresource(name: string, kind: string): Subresource {
  return {
    name,
    kind,
    verbs: ['create', 'get'],
    connect: async (call): Promise<Reply> => {
      const { upgrade } = call;
      if (!upgrade) throw badRequest('Upgrade request required');
      await stream(call, name, upgrade);
      return null;
    },
  };
}

/** @throws StatusError as long as the client can be told */
async function stream(call: Call, subresource: string, upgrade: UpgradedConnection): Promise<void> {
  const { request, info, kubelets, signal } = call;
  const pod = await podOf(call);
  const path = locate(subresource, pod, info.query);
  const address = await kubeletOf(pod, call);
  if (!address) throw badRequest(`pod ${info.name} does not have a host assigned`);
  let socket: TLSSocket;
  try {
    socket = await kubelets.dial(address, signal);
  } catch (error) {
    const message = error instanceof DialError ? error.message : String(error);
    throw new StatusError(500, undefined, `error dialing backend: ${message}`);
  }
  socket.write(upgradeHead(request, path, hostPort(address)));
  await tie(upgrade, socket, signal);
}

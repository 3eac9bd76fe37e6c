/** What an L4 workload tells of itself and of its peer, in a line that a program can read. */
import type { WorkloadContext } from './workload.ts';

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `pod=default/web-0 node=node-1 self=10.244.1.3:9000 peer=[fd00::1]:40000` */
export function whoAmI({ pod }: WorkloadContext, own: Endpoint, peer: Endpoint): string {
  return `pod=${pod.namespace}/${pod.name} node=${pod.nodeName} self=${written(own)} peer=${written(peer)}`;
}

function written({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

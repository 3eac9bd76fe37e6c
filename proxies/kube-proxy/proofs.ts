/** A proof for each claim of kube-proxy: one that is missing does not compile. */
import type { Proof } from '../kit/proof.ts';
import type { KubeProxyClaim } from './descriptor.ts';
import { carries } from './proofs/carries.ts';
import { eachNode } from './proofs/each-node.ts';
import { loadBalances } from './proofs/load-balances.ts';
import { noHttpInTheWay } from './proofs/no-http.ts';
import { servicesOnly } from './proofs/services-only.ts';

const echo = (port: string) => ({ service: 'platform/echo', port });
const signalling = { service: 'platform/signalling', port: 'sctp' };
/** For TCP alone. */
const lines = echo('lines');

export const proofs = {
  'kube-proxy.each-node': eachNode,
  'kube-proxy.tcp': carries({ protocol: 'TCP', echo: echo('tcp'), other: signalling, clients: 1 }),
  'kube-proxy.udp': carries({ protocol: 'UDP', echo: echo('udp'), other: lines, clients: 2 }),
  'kube-proxy.sctp': carries({ protocol: 'SCTP', echo: signalling, other: lines, clients: 1 }),
  'kube-proxy.no-http': noHttpInTheWay,
  'kube-proxy.load-balances': loadBalances,
  'kube-proxy.services-only': servicesOnly,
} as const satisfies Record<KubeProxyClaim, Proof>;

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

export const proofs = {
  'kube-proxy.each-node': eachNode,
  'kube-proxy.tcp': carries({
    protocol: 'TCP',
    echo: echo('tcp'),
    teller: echo('lines'),
    other: signalling,
    clients: 1,
  }),
  'kube-proxy.udp': carries({
    protocol: 'UDP',
    echo: echo('udp'),
    teller: echo('udp'),
    other: echo('lines'),
    clients: 2,
  }),
  'kube-proxy.sctp': carries({
    protocol: 'SCTP',
    echo: signalling,
    teller: signalling,
    other: echo('lines'),
    clients: 1,
  }),
  'kube-proxy.no-http': noHttpInTheWay,
  'kube-proxy.load-balances': loadBalances,
  'kube-proxy.services-only': servicesOnly,
} as const satisfies Record<KubeProxyClaim, Proof>;

/** Where a connection goes: specification 3.7, as a table. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const clusterIP = ['clusterIP'] as const;
const external = ['nodePort', 'externalIPs', 'loadBalancer'] as const;

const internalCluster = 'internalTrafficPolicy: Cluster';
const internalLocal = 'internalTrafficPolicy: Local';
const externalCluster = 'externalTrafficPolicy: Cluster';
const externalLocal = 'externalTrafficPolicy: Local';

/** To which address, under which policy, and whether the pod sees the node’s address in place of the client’s. */
const rows: readonly (readonly [
  id: string,
  to: readonly string[],
  policy: string,
  isMasqueraded: boolean,
])[] = [
  ['pod-to-cluster-ip', clusterIP, internalCluster, false],
  ['pod-to-itself', clusterIP, internalCluster, true],
  ['others-to-cluster-ip', clusterIP, internalCluster, true],
  ['pod-to-local', clusterIP, internalLocal, false],
  ['pod-to-none-local', clusterIP, internalLocal, false],
  ['anybody-to-external', external, externalCluster, true],
  ['outside-to-local', external, externalLocal, false],
  ['outside-to-none-local', external, externalLocal, false],
  ['pod-to-external-local', external, externalLocal, false],
  ['node-to-external-local', external, externalLocal, true],
  ['outside-the-ranges', ['loadBalancer'], 'loadBalancerSourceRanges', false],
  ['no-endpoints', [...clusterIP, ...external], '', false],
  ['wrong-port', clusterIP, '', false],
  ['nobodys-address', ['serviceCIDR'], '', false],
  ['proxied-ingress', ['loadBalancer'], 'ipMode: Proxy', false],
];

export const policies = {
  id: 'policies',
  columns: [
    { id: 'to', kind: 'code' },
    { id: 'policy', kind: 'code' },
    { id: 'from', kind: 'words' },
    { id: 'goes', kind: 'words' },
    { id: 'masqueraded', kind: 'yes-no' },
  ],
  rows: rows.map(([id, to, policy, masqueraded]) => ({
    id,
    cells: { to: [...to], policy, masqueraded },
  })),
} satisfies z.input<typeof tableSchema>;

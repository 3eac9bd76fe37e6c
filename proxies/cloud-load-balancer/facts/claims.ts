/** What the cloud load balancer states of itself. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';
import { clouds, titlesOfThose } from './clouds.ts';
import { events } from './events.ts';
import { finalizer } from './finalizer.ts';
import {
  enhancement,
  externalLoadBalancerPage,
  kubernetes,
  proxiesPage,
  serviceController,
  serviceHelpers,
  servicePage,
  sourceIPPage,
} from './sources.ts';

type Fact = z.input<typeof claimSchema>;

/** What their proofs count, and what they compare with. */
export const usuallyClaim = {
  id: 'cloud-load-balancer.usually-tcp-udp',
  values: {
    count: clouds.length,
    tcp: titlesOfThose('TCP', 'yes').length,
    udp: titlesOfThose('UDP', 'yes').length,
    sctp: titlesOfThose('SCTP', 'yes').length,
  },
  sources: [proxiesPage, servicePage],
  versions: {},
} as const satisfies Fact;

export const sctpClaim = {
  id: 'cloud-load-balancer.sctp-depends-on-provider',
  values: {
    taking: titlesOfThose('SCTP', 'yes'),
    conditional: titlesOfThose('SCTP', 'internal-only', 'if-offered'),
    refusing: titlesOfThose('SCTP', 'no'),
  },
  sources: [proxiesPage, servicePage, enhancement('1435-mixed-protocol-lb')],
  // Alpha in 1.12, beta in 1.19.
  versions: { since: '1.20' },
} as const satisfies Fact;

export const checksNodesClaim = {
  id: 'cloud-load-balancer.checks-nodes',
  values: { field: 'healthCheckNodePort', port: 10_256, path: '/healthz', connections: 24 },
  sources: [
    externalLoadBalancerPage,
    enhancement('3458-remove-transient-node-predicates-from-service-controller'),
    enhancement('3836-kube-proxy-improved-ingress-connectivity-reliability'),
  ],
  versions: { since: '1.27' },
} as const satisfies Fact;

export const claims = [
  {
    id: 'cloud-load-balancer.provided-by-some-clouds',
    values: { count: clouds.length, pending: '<pending>' },
    sources: [proxiesPage, servicePage, serviceController],
    // Who else serves a Service is named by its class.
    versions: { since: '1.24' },
  },
  {
    id: 'cloud-load-balancer.created-automatically',
    values: {
      type: 'LoadBalancer',
      finalizer,
      ensuring: events.ensuring.reason,
      ensured: events.ensured.reason,
    },
    sources: [
      proxiesPage,
      servicePage,
      serviceController,
      enhancement('980-load-balancer-finalizers'),
    ],
    versions: { since: '1.17' },
  },
  usuallyClaim,
  sctpClaim,
  {
    id: 'cloud-load-balancer.varies',
    values: {},
    sources: [proxiesPage, servicePage, enhancement('1860-kube-proxy-IP-node-binding')],
    // Without `ipMode` before 1.29.
    versions: {},
  },
  {
    id: 'cloud-load-balancer.finalizer-guards',
    values: { finalizer },
    sources: [
      externalLoadBalancerPage,
      serviceController,
      serviceHelpers,
      enhancement('980-load-balancer-finalizers'),
    ],
    versions: { since: '1.17' },
  },
  {
    id: 'cloud-load-balancer.source-ranges',
    values: { field: 'loadBalancerSourceRanges', protocols: ['TCP', 'UDP'] },
    sources: [servicePage, kubernetes('staging/src/k8s.io/api/core/v1/types.go')],
    versions: {},
  },
  {
    id: 'cloud-load-balancer.client-address',
    values: { kept: 'VIP', lost: 'Proxy', policy: 'externalTrafficPolicy: Local' },
    sources: [servicePage, sourceIPPage, enhancement('1860-kube-proxy-IP-node-binding')],
    versions: { since: '1.30' },
    needs: ['isolated-lab', 'nftables'],
  },
  checksNodesClaim,
] as const satisfies readonly Fact[];

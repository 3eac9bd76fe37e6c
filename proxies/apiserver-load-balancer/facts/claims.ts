/** What the load balancer in front of the apiservers states of itself. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';
import {
  apiserver,
  apiserverPage,
  authenticationPage,
  healthPage,
  highAvailabilityPage,
  issue,
  k3s,
  kubeadmGuide,
  kubespray,
  openshift,
  proxiesPage,
} from './sources.ts';

type Fact = z.input<typeof claimSchema>;

/** What their proofs count, and what they compare with. */
export const balancesClaim = {
  id: 'apiserver-load-balancer.balances',
  values: {
    apiservers: 3,
    connections: 60,
    // Of χ² with two degrees of freedom: chance alone goes beyond it once in e^(limit / 2) times.
    chiSquareLimit: 41.45,
    oneIn: 1_000_000_000,
    inARow: 12,
  },
  sources: [proxiesPage, highAvailabilityPage, kubeadmGuide],
  versions: {},
} as const satisfies Fact;

export const checksReadyzClaim = {
  id: 'apiserver-load-balancer.checks-readyz',
  values: { path: '/readyz', inARow: 12 },
  sources: [
    healthPage,
    apiserver('pkg/server/healthz/healthz.go'),
    openshift('templates/master/00-master/on-prem/files/haproxy-haproxy.yaml'),
  ],
  versions: { since: '1.16' },
} as const satisfies Fact;

export const resetsDeadClaim = {
  id: 'apiserver-load-balancer.resets-dead',
  values: { seconds: 3 },
  sources: [issue(48638), issue(44557), issue(99602), k3s('pkg/agent/loadbalancer/servers.go')],
  versions: {},
} as const satisfies Fact;

export const claims = [
  {
    id: 'apiserver-load-balancer.varies',
    values: { programs: ['hop apiserver-lb', 'nginx', 'HAProxy'] },
    sources: [
      proxiesPage,
      kubeadmGuide,
      kubespray('roles/kubernetes/node/templates/loadbalancer/nginx.conf.j2'),
      openshift('templates/master/00-master/on-prem/files/haproxy-haproxy.yaml'),
    ],
    versions: {},
    needs: ['other-balancer'],
  },
  {
    id: 'apiserver-load-balancer.in-front',
    values: {},
    sources: [proxiesPage, highAvailabilityPage],
    versions: {},
    needs: ['isolated-lab'],
  },
  balancesClaim,
  {
    id: 'apiserver-load-balancer.passthrough',
    values: {},
    sources: [
      authenticationPage,
      apiserver('pkg/authentication/request/x509/x509.go'),
      kubeadmGuide,
    ],
    versions: {},
  },
  checksReadyzClaim,
  resetsDeadClaim,
  {
    id: 'apiserver-load-balancer.client-address',
    values: { protocol: 'PROXY' },
    sources: [apiserverPage, issue(76928)],
    versions: {},
  },
] as const satisfies readonly Fact[];

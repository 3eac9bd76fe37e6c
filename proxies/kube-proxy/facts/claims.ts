/** What kube-proxy states of itself. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';
import {
  enhancements,
  issue,
  kubernetes,
  proxiesPage,
  servicePage,
  virtualIPsPage,
} from './sources.ts';

type Fact = z.input<typeof claimSchema>;

/** What their proofs count, and what they compare with. */
export const loadBalancesClaim = {
  id: 'kube-proxy.load-balances',
  values: {
    connections: 300,
    endpoints: 3,
    // Of χ² with two degrees of freedom: chance alone goes beyond it once in e^(limit / 2) times.
    chiSquareLimit: 41.45,
    oneIn: 1_000_000_000,
    sticky: 20,
  },
  sources: [
    proxiesPage,
    virtualIPsPage,
    kubernetes('pkg/proxy/nftables/proxier.go'),
    enhancements('keps/sig-network/3866-nftables-proxy/README.md'),
  ],
  versions: {},
  needs: ['isolated-lab', 'nftables'],
} as const satisfies Fact;

export const noHttpClaim = {
  id: 'kube-proxy.no-http',
  values: { requests: 10 },
  sources: [proxiesPage, virtualIPsPage],
  versions: {},
  needs: ['isolated-lab', 'nftables'],
} as const satisfies Fact;

export const claims = [
  {
    id: 'kube-proxy.each-node',
    values: { table: 'kube-proxy' },
    sources: [
      proxiesPage,
      virtualIPsPage,
      kubernetes('cmd/kube-proxy/app/server.go'),
      kubernetes('pkg/proxy/nftables/proxier.go'),
    ],
    versions: {},
    needs: ['isolated-lab', 'nftables'],
  },
  {
    id: 'kube-proxy.tcp',
    values: { protocol: 'TCP', answers: 3 },
    sources: [proxiesPage, servicePage],
    versions: {},
    needs: ['isolated-lab', 'nftables'],
  },
  {
    id: 'kube-proxy.udp',
    values: { protocol: 'UDP', answers: 3 },
    sources: [proxiesPage, servicePage],
    versions: {},
    needs: ['isolated-lab', 'nftables'],
  },
  {
    id: 'kube-proxy.sctp',
    values: { protocol: 'SCTP', answers: 3 },
    sources: [proxiesPage, servicePage, issue(44485)],
    // Alpha in 1.12, beta in 1.19.
    versions: { since: '1.20' },
    needs: ['isolated-lab', 'nftables'],
  },
  noHttpClaim,
  loadBalancesClaim,
  {
    id: 'kube-proxy.services-only',
    values: {},
    sources: [proxiesPage, virtualIPsPage, kubernetes('pkg/proxy/nftables/proxier.go')],
    versions: {},
    needs: ['isolated-lab', 'nftables'],
  },
] as const satisfies readonly Fact[];

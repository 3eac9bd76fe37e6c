/** What is stated of the layout. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';
import { enhancements, issue, kubernetes } from '../facts/sources.ts';

type Fact = z.input<typeof claimSchema>;

const nftablesWiki = (page: string) =>
  ({
    kind: 'documentation',
    url: `https://wiki.nftables.org/wiki-nftables/index.php/${page}`,
  }) as const;

const shared = { versions: {}, needs: ['isolation', 'nftables'] } as const;

/** What its proof compares. */
export const constantChainsClaim = {
  id: 'nftables-layout.constant-chains',
  values: { few: 10, many: 500, table: 'kube-proxy' },
  sources: [
    nftablesWiki('Verdict_Maps_(vmaps)'),
    enhancements('keps/sig-network/3866-nftables-proxy/README.md'),
    issue(139513),
  ],
  ...shared,
} as const satisfies Fact;

/** What its proof compares. */
export const smallChangesClaim = {
  id: 'nftables-layout.small-changes',
  values: { few: 10, many: 500 },
  sources: [
    nftablesWiki('Atomic_rule_replacement'),
    kubernetes('pkg/proxy/nftables/proxier_test.go'),
    issue(135639),
  ],
  ...shared,
} as const satisfies Fact;

export const claims = [
  constantChainsClaim,
  smallChangesClaim,
  {
    id: 'nftables-layout.findable',
    values: { map: 'service-ips', endpoints: 'tcp-endpoints' },
    sources: [nftablesWiki('Maps'), nftablesWiki('Concatenations')],
    ...shared,
  },
] as const satisfies readonly Fact[];

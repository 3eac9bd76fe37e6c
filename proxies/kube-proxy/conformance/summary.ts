/** How much the suite tries; `summary.test.ts` counts it. Imports nothing: pages state it. */
export const conformanceSummary = {
  cases: 120,
  /** In IPv4 and IPv6 together, each by each runner. */
  flows: 766,
  runners: ['interpreter', 'nftables', 'userspace'],
} as const;

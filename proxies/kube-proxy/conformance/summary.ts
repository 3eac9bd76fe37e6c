/** How much the suite tries; `summary.test.ts` counts it. Imports nothing: pages state it. */
export const conformanceSummary = {
  cases: 122,
  /** In IPv4 and IPv6 together, each by each runner. */
  flows: 784,
  runners: ['interpreter', 'nftables', 'userspace'],
} as const;

/** How much the suite tries; `summary.test.ts` counts it. Imports nothing: pages state it. */
export const conformanceSummary = {
  cases: 16,
  /** What is looked at in them, by each. */
  observations: 52,
  subjects: ['nftables VIP', 'nftables Proxy', 'userspace'],
} as const;

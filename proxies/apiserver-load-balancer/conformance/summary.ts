/** How much the suite tries; `summary.test.ts` counts it. Imports nothing: pages state it. */
export const conformanceSummary = {
  cases: 37,
  /** What is looked at in them, by each. */
  observations: 75,
  subjects: ['userspace', 'nftables', 'nginx', 'haproxy', 'none'],
} as const;

/** How our Node processes hold less memory. */

/** A small nursery: what dies young is swept more often, and less memory is kept for it. */
export const frugalFlags = ['--max-semi-space-size=1'] as const;

/** One arena for all threads. */
export const frugalEnvironment = { MALLOC_ARENA_MAX: '1' } as const;

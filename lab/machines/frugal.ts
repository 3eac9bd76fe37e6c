/** How our Node processes hold less memory. */

export const frugalFlags = [
  // A small nursery: what dies young is swept more often, and less memory is kept for it.
  '--max-semi-space-size=1',
  // Compiled is what stays hot, not what a start repeats: most machines never load a compiler's pages.
  '--no-sparkplug',
  '--invocation-count-for-maglev=20000',
  '--invocation-count-for-maglev-osr=20000',
  '--invocation-count-for-turbofan=50000',
  '--invocation-count-for-osr=50000',
] as const;

/** One arena for all threads. */
export const frugalEnvironment = { MALLOC_ARENA_MAX: '1' } as const;

/** Addresses on which several proxies of one host may listen at once. */

/**
 * A lab without networks of its own has the Services of all its nodes on the host's one loopback: there
 * each node's proxy listens at the same addresses, and the kernel spreads connections over them. Anywhere
 * else a second listener is a mistake that has to be told. Only Linux has such addresses at all.
 */
export function isShared(address: string): boolean {
  return process.platform === 'linux' && address.startsWith('127.');
}

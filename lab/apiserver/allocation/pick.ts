/** Which of a range's numbers is tried next: upstream's two bands. */
import { randomInt } from 'node:crypto';

/**
 * The numbers of `0…size-1` in the order in which they are tried: first those of the upper band from a
 * random place on, then those of the lower band, which is left to who asks for a certain one.
 */
export function* candidates(size: number, staticSize: number): Generator<number> {
  for (const [start, end] of [
    [staticSize, size],
    [0, staticSize],
  ] as const) {
    const length = end - start;
    if (length <= 0) continue;
    const from = randomInt(length);
    for (let index = 0; index < length; index += 1) yield start + ((from + index) % length);
  }
}

/** KEP-3070: how many ClusterIPs at the start of a range are left to who asks for them. */
export function staticAddresses(size: number): number {
  return band(size, 16, 16, 256);
}

/** KEP-3668: the same for node ports. */
export function staticPorts(size: number): number {
  return band(size, 32, 16, 128);
}

function band(size: number, step: number, least: number, most: number): number {
  if (size < least) return 0;
  return Math.min(Math.max(least, Math.floor(size / step)), most);
}

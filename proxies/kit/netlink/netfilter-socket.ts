/** The kind of socket through which the kernel's netfilter is spoken to: rules and tracked connections. */
import type { Libc } from '../libc/libc.ts';

export const netlinkFamily = 16;
const rawType = 3;
const closeOnExec = 0x80000;
export const netfilterProtocol = 12;

/** Its descriptor; negative where the kernel gives none, and `lastError` says why. */
export function netfilterSocket(libc: Libc): number {
  return libc.socket(netlinkFamily, rawType | closeOnExec, netfilterProtocol);
}

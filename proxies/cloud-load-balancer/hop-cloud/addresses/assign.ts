/** Gives a load balancer the addresses that its Service is to have. */
import { formatIp, parseIp } from '../../../kit/ip.ts';
import type { ForwardedAddress } from '../../forwarding.ts';
import { RetryLater } from '../../provider.ts';
import type { Family } from '../../service.ts';
import type { AddressBook } from './address-book.ts';

export interface AddressWish {
  readonly holder: string;
  readonly families: readonly Family[];
  /** What it has already, or had. */
  readonly held: readonly ForwardedAddress[];
  /** `spec.loadBalancerIP`, where the cloud hears it. */
  readonly wanted: string | null;
  /** Of those that wait for an address: who comes later tries again later. */
  readonly waiting: number;
}

/**
 * One of each family, what it has where that will do. All or none.
 *
 * @throws RetryLater when it may be possible later, Error when it will not
 */
export function assignAddresses(book: AddressBook, wish: AddressWish): readonly ForwardedAddress[] {
  const { families, held } = wish;
  const offered = families.filter((family) => book.hasFamily(family));
  if (offered.length === 0) throw noPool(families);
  const wanted = wish.wanted === null ? null : takeWanted(book, wish.wanted, wish);
  const assigned: ForwardedAddress[] = wanted ? [wanted] : [];
  try {
    for (const family of offered) {
      if (wanted?.family === family) continue;
      const known = held.find((address) => address.family === family);
      const address = known ?? book.take(family, wish.holder);
      if (address === null) throw exhausted(book, family, wish);
      assigned.push(address);
    }
  } catch (error) {
    for (const address of assigned) if (!isAmong(held, address)) book.giveBack(address);
    throw error;
  }
  return offered.flatMap((family) => assigned.find((address) => address.family === family) ?? []);
}

export function isAmong(
  addresses: readonly ForwardedAddress[],
  { address }: ForwardedAddress,
): boolean {
  return addresses.some((each) => each.address === address);
}

function takeWanted(
  book: AddressBook,
  text: string,
  { holder, families, waiting }: AddressWish,
): ForwardedAddress {
  const ip = parseIp(text);
  const asked = `spec.loadBalancerIP asks for ${text}`;
  if (!ip || !book.contains(text)) {
    throw new Error(`${asked}, which is in none of the pools: ${book.describeAll()}`);
  }
  if (!families.includes(ip.family))
    throw new Error(`${asked}, but the Service has no ${ip.family}`);
  const taken = book.takeThis(text, holder);
  if (taken) return taken;
  const reason = book.holderOf(formatIp(ip)) === null ? 'is not to be given' : 'is in use';
  throw new RetryLater(`${asked}, which ${reason}`, retryMs(waiting));
}

function exhausted(book: AddressBook, family: Family, { waiting }: AddressWish): RetryLater {
  return new RetryLater(`no ${family} address is free: ${book.describe(family)}`, retryMs(waiting));
}

function noPool(families: readonly Family[]): Error {
  const wanted = families.join(' and ');
  return new Error(`there is no pool of ${wanted} addresses; give one with --address-pool`);
}

const soonMs = 2_000;
const eachMs = 100;
const longestMs = 30_000;

function retryMs(waiting: number): number {
  return Math.min(longestMs, Math.max(soonMs, waiting * eachMs));
}

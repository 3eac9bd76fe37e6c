/** Addresses as Kubernetes has ever accepted them, in the one form in which they are compared. */
import { isIPv6, SocketAddress } from 'node:net';
import type { Family } from '../service-port.ts';

export interface FamilyAddress {
  readonly family: Family;
  /** IPv4 without leading zeros; IPv6 compressed and in lower case. */
  readonly address: string;
}

const dottedQuad = /^\d+\.\d+\.\d+\.\d+$/;
const leadingZero = /\b0+(?=\d)/g;
const octets = 4;
const zero = 0x30;
const mappedIPv4 = '::ffff:';

/**
 * Leading zeros are decimal, as Go read them before 1.17: objects from that time live on (`ParseIPSloppy`).
 *
 * @example readAddress('172.30.0.041') // { family: 'IPv4', address: '172.30.0.41' }
 * @example readAddress('FD00:0:0::1') // { family: 'IPv6', address: 'fd00::1' }
 * @example readAddress('localhost') // null
 */
export function readAddress(text: string): FamilyAddress | null {
  if (dottedQuad.test(text)) return readIPv4(text);
  // A zone belongs to one node alone.
  if (!isIPv6(text) || text.includes('%')) return null;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const isMapped = address.startsWith(mappedIPv4) && address.includes('.');
  return isMapped ? readIPv4(address.slice(mappedIPv4.length)) : { family: 'IPv6', address };
}

/**
 * The same where the family is known; most addresses are in their one form already, and cost nothing.
 *
 * @returns null for what is no address of the family
 * @example addressIn('IPv4', '172.30.0.041') // '172.30.0.41'
 */
export function addressIn(family: Family, text: string): string | null {
  if (isCanonicalIPv4(text)) return family === 'IPv4' ? text : null;
  const read = readAddress(text);
  return read?.family === family ? read.address : null;
}

/** Without a regular expression or an array: it is asked for each endpoint of the cluster. */
function isCanonicalIPv4(text: string): boolean {
  let octet = -1;
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - zero;
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return false;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return false;
    } else if (text[index] === '.' && octet >= 0) {
      octet = -1;
      seen++;
    } else return false;
  }
  return octet >= 0 && seen === octets - 1;
}

function readIPv4(text: string): FamilyAddress | null {
  const address = text.replace(leadingZero, '');
  for (const octet of address.split('.')) if (octet.length > 3 || Number(octet) > 255) return null;
  return { family: 'IPv4', address };
}

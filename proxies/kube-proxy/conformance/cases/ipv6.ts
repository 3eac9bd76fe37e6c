/** Each case again in IPv6: the same story, told with other addresses. */
import { isIPv4 } from 'node:net';
import type { Family } from '../../service-port.ts';
import type { ConformanceCase } from './case.ts';

/** An IPv4 address is the last part of its twin; a range, the same range there. */
const prefix = 'fd00:4::';
const prefixBits = 96;

export function inIPv6(one: ConformanceCase): ConformanceCase {
  return { ...inFamily('IPv6', one), name: `${one.name} (IPv6)` };
}

/** All addresses in it, wherever they are. */
export function inFamily<T>(family: Family, value: T): T {
  // What is rewritten has the shape of what was there.
  return family === 'IPv4' ? value : (rewrite(value) as T);
}

/**
 * @example twinOf('10.180.0.1') // 'fd00:4::ab4:1'
 * @example twinOf('10.180.0.1:80') // '[fd00:4::ab4:1]:80'
 * @example twinOf('203.0.113.0/25') // 'fd00:4::cb00:7100/121'
 */
export function twinOf(text: string): string {
  const [, blank = '', address = '', rest = ''] = /^(\s*)([\d.]+)([:/]\d+)?$/.exec(text) ?? [];
  if (!isIPv4(address)) return text;
  if (text === '0.0.0.0/0') return '::/0';
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const twin = canonical(`${prefix}${hex(a, b)}:${hex(c, d)}`);
  if (rest.startsWith(':')) return `${blank}[${twin}]${rest}`;
  return rest === '' ? `${blank}${twin}` : `${blank}${twin}/${prefixBits + Number(rest.slice(1))}`;
}

function hex(high: number, low: number): string {
  return (high * 256 + low).toString(16);
}

/** As the URL standard writes it: the kernel, too. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function rewrite(value: unknown): unknown {
  if (value === 'IPv4') return 'IPv6';
  if (typeof value === 'string') return twinOf(value);
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rewrite(part)]));
}

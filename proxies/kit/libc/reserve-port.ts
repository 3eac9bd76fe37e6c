/** A port that is ours, and on which nobody listens: what comes to it is refused by the kernel. */
import { isIPv6 } from 'node:net';
import { loadLibc, writeNative, type Libc } from './libc.ts';
import { readSocketAddress, socketAddress, socketFamilies } from './socket-address.ts';

export interface ReservedPort extends Disposable {
  readonly host: string;
  /** The one that the system chose, where 0 was asked for. */
  readonly port: number;
}

const streamType = 1;
const closeOnExec = 0x80000;
const shutReading = 0;
const flags = {
  reuseAddress: { level: 1, name: 2 },
  onlyIPv6: { level: 41, name: 26 },
} as const;

/**
 * Nobody else can listen there until it is disposed of.
 *
 * @param host `0.0.0.0`, `::`, or one address of this machine
 * @throws Error as Node's `listen` has it: with `code` `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`
 */
export async function reservePort(host: string, port: number): Promise<ReservedPort> {
  const libc = await loadLibc();
  const family = socketFamilies[isIPv6(host) ? 'IPv6' : 'IPv4'];
  const descriptor = libc.socket(family, streamType | closeOnExec, 0);
  if (descriptor < 0) throw refusal(libc.lastError(), host, port);
  const set = (flag: { readonly level: number; readonly name: number }, isOn: boolean) => {
    const value = Buffer.alloc(4);
    writeNative(value, Number(isOn), 0, 4);
    libc.setsockopt(descriptor, flag.level, flag.name, value, value.length);
  };
  try {
    if (isIPv6(host)) set(flags.onlyIPv6, true);
    // Connections of a process before us, which wait for their end, are no reason to refuse.
    if (port !== 0) set(flags.reuseAddress, true);
    const name = socketAddress(host, port);
    if (libc.bind(descriptor, name, name.length) < 0) throw refusal(libc.lastError(), host, port);
    if (port !== 0) {
      // Only who listens is seen to have the port alone; it stays ours when the listening ends.
      if (libc.listen(descriptor, 0) < 0) throw refusal(libc.lastError(), host, port);
      set(flags.reuseAddress, false);
      libc.shutdown(descriptor, shutReading);
    }
    return {
      host,
      port: portOf(libc, descriptor),
      [Symbol.dispose]: () => void libc.close(descriptor),
    };
  } catch (error) {
    libc.close(descriptor);
    throw error;
  }
}

function portOf(libc: Libc, descriptor: number): number {
  const name = Buffer.alloc(28);
  const length = Buffer.alloc(4);
  writeNative(length, name.length, 0, 4);
  libc.getsockname(descriptor, name, length);
  return readSocketAddress(name).port;
}

function refusal(code: string, address: string, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'address not available',
    EACCES: 'permission denied',
  };
  const place = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
  const error = new Error(`listen ${code}: ${reasons[code] ?? 'refused'} ${place}`);
  return Object.assign(error, { code, syscall: 'listen', address, port });
}

/**
 * Raw sockets for SCTP, which Node does not have: libc's own, through koffi. One call of `poll` waits in
 * a thread for all of a process's sockets.
 *
 * Needs CAP_NET_RAW in the network namespace, and a kernel without SCTP of its own, which would answer
 * to every packet too.
 */
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { endianness } from 'node:os';

export interface RawSocket extends Disposable {
  /** @throws Error when the kernel refuses to send: no route, a link that is down. */
  send(packet: Buffer, to: string): void;
}

interface Libc {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly bind: (descriptor: number, address: Buffer, length: number) => number;
  readonly sendto: (...given: [number, Buffer, number, number, Buffer, number]) => number | bigint;
  readonly recvfrom: (
    ...given: [number, Buffer, number, number, Buffer, Buffer]
  ) => number | bigint;
  readonly close: (descriptor: number) => number;
  readonly poll: (descriptors: Buffer, count: number, timeoutMs: number) => Promise<number>;
  /** `EPERM`, after a call that failed. */
  readonly lastError: () => string;
}

interface Open {
  readonly descriptor: number;
  readonly isIPv6: boolean;
  readonly onPacket: (packet: Buffer, from: string) => void;
  isClosed: boolean;
}

const families = { v4: 2, v6: 10 } as const;
const rawType = 3;
const sctpProtocol = 132;
const doNotWait = 0x40;
const pollIn = 1;
const pollMs = 200;

const open = new Set<Open>();
let libc: Promise<Libc> | undefined;
let isPolling = false;

/**
 * A socket that gets every SCTP packet for this address, and sends from it.
 *
 * @throws Error with what is missing, where there can be none.
 */
export async function openRawSocket(
  address: string,
  onPacket: (packet: Buffer, from: string) => void,
): Promise<RawSocket> {
  if (existsSync('/proc/net/sctp')) {
    throw new Error(
      'SCTP endpoint: this kernel has SCTP of its own, which would answer in our place',
    );
  }
  const calls = await (libc ??= loadLibc());
  const family = isIPv6(address) ? families.v6 : families.v4;
  const descriptor = calls.socket(family, rawType, sctpProtocol);
  if (descriptor < 0) {
    throw new Error(`SCTP endpoint: raw socket: ${calls.lastError()} (CAP_NET_RAW is needed)`);
  }
  const name = encodeAddress(address);
  if (calls.bind(descriptor, name, name.length) < 0) {
    const reason = calls.lastError();
    calls.close(descriptor);
    throw new Error(`SCTP endpoint: bind ${address}: ${reason}`);
  }
  const own: Open = { descriptor, isIPv6: family === families.v6, onPacket, isClosed: false };
  open.add(own);
  if (!isPolling) void pollAll(calls);
  return {
    send: (packet, to) => {
      if (own.isClosed) return;
      const target = encodeAddress(to);
      const sent = calls.sendto(descriptor, packet, packet.length, 0, target, target.length);
      if (Number(sent) < 0) throw new Error(`SCTP endpoint: send to ${to}: ${calls.lastError()}`);
    },
    [Symbol.dispose]: () => {
      own.isClosed = true;
    },
  };
}

/** Runs while there are sockets. Closed ones are given back here, where nobody waits for them. */
async function pollAll(calls: Libc): Promise<void> {
  isPolling = true;
  while (open.size > 0) {
    const waiting = [...open];
    const descriptors = Buffer.alloc(waiting.length * 8);
    waiting.forEach(({ descriptor }, index) => {
      writeNative(descriptors, descriptor, index * 8, 4);
      writeNative(descriptors, pollIn, index * 8 + 4, 2);
    });
    const count = await calls.poll(descriptors, waiting.length, pollMs);
    for (const socket of waiting) {
      if (count > 0 && !socket.isClosed) readAll(calls, socket);
      if (!socket.isClosed) continue;
      open.delete(socket);
      calls.close(socket.descriptor);
    }
  }
  isPolling = false;
}

function readAll(calls: Libc, socket: Open): void {
  const bytes = Buffer.alloc(65_536);
  const name = Buffer.alloc(28);
  for (;;) {
    const nameLength = Buffer.alloc(4);
    writeNative(nameLength, name.length, 0, 4);
    const got = calls.recvfrom(socket.descriptor, bytes, bytes.length, doNotWait, name, nameLength);
    const length = Number(got);
    if (length < 0 || socket.isClosed) return;
    // IPv4 hands over its own header too.
    const start = socket.isIPv6 ? 0 : ((bytes[0] ?? 0) & 0x0f) * 4;
    socket.onPacket(Buffer.from(bytes.subarray(start, length)), decodeAddress(name));
  }
}

async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import('koffi');
  const lib = koffi.load(null);
  const poll = lib.func('int poll(void *fds, unsigned long count, int timeout)');
  return {
    socket: lib.func('int socket(int family, int type, int protocol)'),
    bind: lib.func('int bind(int fd, const void *address, uint32_t length)'),
    sendto: lib.func(
      'intptr_t sendto(int fd, const void *data, size_t size, int flags, const void *to, uint32_t length)',
    ),
    recvfrom: lib.func(
      'intptr_t recvfrom(int fd, void *data, size_t size, int flags, void *from, void *length)',
    ),
    close: lib.func('int close(int fd)'),
    poll: (descriptors, count, timeoutMs) =>
      new Promise((resolve) => {
        poll.async(descriptors, count, timeoutMs, (_: unknown, ready: number) => resolve(ready));
      }),
    lastError: () => {
      const number = koffi.errno();
      const [name] = Object.entries(koffi.os.errno).find(([, value]) => value === number) ?? [];
      return name ?? `error ${number}`;
    },
  };
}

/** `sockaddr_in` or `sockaddr_in6`, with port 0. */
function encodeAddress(address: string): Buffer {
  const isV6 = isIPv6(address);
  const name = Buffer.alloc(isV6 ? 28 : 16);
  writeNative(name, isV6 ? families.v6 : families.v4, 0, 2);
  if (isV6) groupsOf(address).forEach((group, index) => name.writeUInt16BE(group, 8 + index * 2));
  else address.split('.').forEach((part, index) => name.writeUInt8(Number(part), 4 + index));
  return name;
}

function decodeAddress(name: Buffer): string {
  const family = endianness() === 'LE' ? name.readUInt16LE(0) : name.readUInt16BE(0);
  if (family === families.v4) return [...name.subarray(4, 8)].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => name.readUInt16BE(8 + index * 2));
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(
    1,
    -1,
  );
}

/** The eight groups of an IPv6 address, `::` filled in. */
function groupsOf(address: string): readonly number[] {
  const [front = '', back] = address.split('::');
  const parse = (text = '') =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => parseInt(group, 16));
  const [first, last] = [parse(front), parse(back)];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function writeNative(bytes: Buffer, value: number, at: number, size: 2 | 4): void {
  if (endianness() === 'LE') bytes.writeUIntLE(value, at, size);
  else bytes.writeUIntBE(value, at, size);
}

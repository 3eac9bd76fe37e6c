/**
 * Raw sockets for SCTP, which Node does not have: libc's own, through koffi. One call of `poll` waits in
 * a thread for all of a process's sockets.
 *
 * Needs CAP_NET_RAW in the network namespace, and a kernel without SCTP of its own, which would answer
 * to every packet too.
 */
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { loadLibc, writeNative, type Libc } from '../libc/libc.ts';
import { readSocketAddress, socketAddress, socketFamilies } from '../libc/socket-address.ts';

export interface RawSocket extends Disposable {
  /** @throws Error when the kernel refuses to send: no route, a link that is down. */
  send(packet: Buffer, to: string): void;
}

interface Open {
  readonly descriptor: number;
  readonly isIPv6: boolean;
  readonly onPacket: (packet: Buffer, from: string) => void;
  readonly onRefused: ((packet: Buffer) => void) | undefined;
  isClosed: boolean;
}

const rawType = 3;
const sctpProtocol = 132;
const doNotWait = 0x40;
const errorQueue = 0x2000;
/** The option that has errors queued with the packets that they are about, and its level. */
const receiveErrors = { v4: [0, 11], v6: [41, 25] } as const;
const pollIn = 1;
const pollMs = 200;

const open = new Set<Open>();
let isPolling = false;

/**
 * A socket that gets every SCTP packet for this address, and sends from it.
 *
 * @param onRefused is told the beginning of each packet of ours that came to nobody, as an ICMP error says
 * @throws Error with what is missing, where there can be none.
 */
export async function openRawSocket(
  address: string,
  onPacket: (packet: Buffer, from: string) => void,
  onRefused?: (packet: Buffer) => void,
): Promise<RawSocket> {
  if (existsSync('/proc/net/sctp')) {
    throw new Error(
      'SCTP endpoint: this kernel has SCTP of its own, which would answer in our place',
    );
  }
  const calls = await loadLibc();
  const version = isIPv6(address) ? 'v6' : 'v4';
  const descriptor = calls.socket(
    socketFamilies[version === 'v6' ? 'IPv6' : 'IPv4'],
    rawType,
    sctpProtocol,
  );
  if (descriptor < 0) {
    throw new Error(`SCTP endpoint: raw socket: ${calls.lastError()} (CAP_NET_RAW is needed)`);
  }
  const name = socketAddress(address);
  if (calls.bind(descriptor, name, name.length) < 0) {
    const reason = calls.lastError();
    calls.close(descriptor);
    throw new Error(`SCTP endpoint: bind ${address}: ${reason}`);
  }
  if (onRefused) {
    const [level, option] = receiveErrors[version];
    const yes = Buffer.alloc(4);
    writeNative(yes, 1, 0, 4);
    calls.setsockopt(descriptor, level, option, yes, yes.length);
  }
  const isV6 = version === 'v6';
  const own: Open = { descriptor, isIPv6: isV6, onPacket, onRefused, isClosed: false };
  open.add(own);
  if (!isPolling) void pollAll(calls);
  return {
    send: (packet, to) => {
      if (own.isClosed) return;
      const target = socketAddress(to);
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
  const receive = (flags: number) => {
    const nameLength = Buffer.alloc(4);
    writeNative(nameLength, name.length, 0, 4);
    const { descriptor } = socket;
    return Number(calls.recvfrom(descriptor, bytes, bytes.length, flags, name, nameLength));
  };
  while (socket.onRefused && !socket.isClosed) {
    const length = receive(doNotWait | errorQueue);
    if (length < 0) break;
    socket.onRefused(Buffer.from(bytes.subarray(0, length)));
  }
  for (;;) {
    const length = receive(doNotWait);
    // An error that came in the meantime is told once; its packet waits for the next turn.
    if (length < 0 && calls.lastError() === 'ECONNREFUSED') continue;
    if (length < 0 || socket.isClosed) return;
    // IPv4 hands over its own header too.
    const start = socket.isIPv6 ? 0 : ((bytes[0] ?? 0) & 0x0f) * 4;
    socket.onPacket(Buffer.from(bytes.subarray(start, length)), readSocketAddress(name).address);
  }
}

/**
 * For tests and benchmarks: sockets of the kernel in named network namespaces, with calls that wait. What one
 * call takes is the kernel's time, not the event loop's.
 */
import { closeSync, openSync } from 'node:fs';
import { addressBytes, formatAddress } from '../netlink/address.ts';
import { loadLibc, writeNative } from '../libc/libc.ts';

/** A file descriptor. */
export type Socket = number;

export interface BlockingSockets {
  /** With this address of its own, or any; port 0 is any, too. */
  listen(options: { address?: string; port: number; backlog?: number }): Socket;
  /** @returns the error's name instead, such as `ECONNREFUSED` */
  connect(address: string, port: number): Socket | string;
  /** Waits for a connection, as long as the socket's timeout; null: none came. */
  accept(listener: Socket): Socket | null;
  /** UDP. */
  datagrams(options: { port: number }): Socket;
  connectDatagrams(address: string, port: number): Socket;
  send(socket: Socket, bytes: Buffer): number;
  /** @returns how many came; 0 at the end; the error's name where none came */
  receive(socket: Socket, into: Buffer): number | string;
  /** `10.0.0.1:80`, its own. */
  localAddress(socket: Socket): string;
  close(socket: Socket): void;
  /** Closes a connection so that nothing of it stays: with RST. */
  reset(socket: Socket): void;
  /** What is made meanwhile is made in that namespace (`ip netns add`). */
  within<T>(namespace: string, make: () => T): T;
}

const inet = 2;
const types = { stream: 1, datagram: 2 } as const;
const closeOnExec = 0x80000;
const networkNamespace = 0x40000000;
const levels = { socket: 1, tcp: 6 } as const;
const options = {
  reuseAddress: 2,
  linger: 13,
  receiveTimeout: 20,

  noDelay: 1,
  handshakes: 7,
} as const;

/** IPv4 only. @param timeoutSeconds after which a call gives up */
export async function loadBlockingSockets(timeoutSeconds = 5): Promise<BlockingSockets> {
  const { default: koffi } = await import('koffi');
  const libc = await loadLibc();
  const lib = koffi.load(null);
  const calls = {
    connect: lib.func('int connect(int fd, const void *address, uint32_t length)'),
    listen: lib.func('int listen(int fd, int backlog)'),
    accept: lib.func('int accept4(int fd, void *address, void *length, int flags)'),
    send: lib.func('intptr_t send(int fd, const void *data, size_t size, int flags)'),
    receive: lib.func('intptr_t recv(int fd, void *data, size_t size, int flags)'),
    setns: lib.func('int setns(int fd, int type)'),
  } satisfies Record<string, (...given: never[]) => number>;
  const failed = (what: string) => new Error(`${what}: ${libc.lastError()}`);
  const set = (socket: Socket, level: number, name: number, ...words: number[]) => {
    const value = Buffer.alloc(4 * words.length);
    words.forEach((word, index) => writeNative(value, word, 4 * index, 4));
    if (libc.setsockopt(socket, level, name, value, value.length) < 0) throw failed('setsockopt');
  };
  const open = (type: keyof typeof types): Socket => {
    const socket = libc.socket(inet, types[type] | closeOnExec, 0);
    if (socket < 0) throw failed('socket');
    // A struct timeval: two longs, of which the high halves are 0.
    set(socket, levels.socket, options.receiveTimeout, timeoutSeconds, 0, 0, 0);
    return socket;
  };
  const bound = (type: keyof typeof types, address: string, port: number): Socket => {
    const socket = open(type);
    set(socket, levels.socket, options.reuseAddress, 1);
    const name = nameOf(address, port);
    if (libc.bind(socket, name, name.length) < 0) throw failed(`bind ${address}:${port}`);
    return socket;
  };
  /** A process that ends is a signal. @returns the error's name where the call failed */
  const uninterrupted = (call: () => number): number | string => {
    for (;;) {
      const result = call();
      if (result >= 0) return result;
      const error = libc.lastError();
      if (error !== 'EINTR') return error;
    }
  };
  const close = (socket: Socket) => void libc.close(socket);
  return {
    listen: ({ address = '0.0.0.0', port, backlog = 4096 }) => {
      const socket = bound('stream', address, port);
      if (calls.listen(socket, backlog) < 0) throw failed('listen');
      return socket;
    },
    connect: (address, port) => {
      const socket = open('stream');
      set(socket, levels.tcp, options.noDelay, 1);
      // No timeout: with one, a signal would end the call. After 1, 2 and 4 seconds it is tried again.
      set(socket, levels.tcp, options.handshakes, 3);
      const name = nameOf(address, port);
      if (calls.connect(socket, name, name.length) === 0) return socket;
      const error = libc.lastError();
      close(socket);
      return error;
    },
    accept: (listener) => {
      const socket = uninterrupted(() => Number(calls.accept(listener, null, null, closeOnExec)));
      return typeof socket === 'string' ? null : socket;
    },
    datagrams: ({ port }) => bound('datagram', '0.0.0.0', port),
    connectDatagrams: (address, port) => {
      const socket = open('datagram');
      const name = nameOf(address, port);
      if (calls.connect(socket, name, name.length) < 0) throw failed('connect');
      return socket;
    },
    send: (socket, bytes) => Number(calls.send(socket, bytes, bytes.length, 0)),
    receive: (socket, into) =>
      uninterrupted(() => Number(calls.receive(socket, into, into.length, 0))),
    localAddress: (socket) => {
      const name = Buffer.alloc(16);
      const length = Buffer.alloc(4);
      writeNative(length, name.length, 0, 4);
      if (libc.getsockname(socket, name, length) < 0) throw failed('getsockname');
      return `${formatAddress(name.subarray(4, 8))}:${name.readUInt16BE(2)}`;
    },
    close,
    reset: (socket) => {
      set(socket, levels.socket, options.linger, 1, 0);
      close(socket);
    },
    within: (namespace, make) => {
      const ours = openSync('/proc/thread-self/ns/net', 'r');
      const theirs = openSync(`/run/netns/${namespace}`, 'r');
      try {
        if (calls.setns(theirs, networkNamespace) < 0) throw failed(`setns ${namespace}`);
        return make();
      } finally {
        if (calls.setns(ours, networkNamespace) < 0) process.abort();
        closeSync(theirs);
        closeSync(ours);
      }
    },
  };
}

/** `struct sockaddr_in` */
function nameOf(address: string, port: number): Buffer {
  const name = Buffer.alloc(16);
  writeNative(name, inet, 0, 2);
  name.writeUInt16BE(port, 2);
  addressBytes(address).copy(name, 4);
  return name;
}

/** A socket of netfilter's netlink family, in the network namespace that this process is in. */
import { loadLibc, readNative, writeNative, type Libc } from '../libc/libc.ts';
import { whenReadable } from '../libc/readable.ts';
import { readStatus, splitMessages, writeMessage, type NetlinkMessage } from './message.ts';
import { netfilterSocket, netlinkFamily } from './netfilter-socket.ts';

export interface NetlinkRequest {
  readonly type: number;
  readonly flags: number;
  readonly family: number;
  readonly resource?: number;
  readonly attributes: Buffer;
}

export interface NetlinkSocket extends Disposable {
  /**
   * Sends a request, and gives the answers to it, a read at a time, until the kernel says that it is done.
   *
   * @throws {NetlinkError} when the kernel refuses
   */
  request(request: NetlinkRequest): Iterable<readonly NetlinkMessage[]>;
  /**
   * Listens to groups, in a thread: for as long as it is not disposed.
   *
   * @param filter a program of the classic packet filter, for what is not worth a copy
   * @param onMessages a read's messages, or `lost` when the kernel had more to tell than fits
   */
  listen(options: {
    readonly groups: readonly number[];
    readonly filter: Buffer;
    readonly onMessages: (messages: readonly NetlinkMessage[] | 'lost') => void;
  }): Promise<Disposable>;
}

/** The kernel refused a request. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** `ENOENT` */
  readonly code: string;

  constructor(what: string, code: string) {
    super(`${what}: ${code}`);
    this.code = code;
  }
}

/** Of a request: it is one; the kernel acknowledges it; it lists all there are. */
export const requestFlags = { request: 0x1, acknowledge: 0x4, dump: 0x300 } as const;

const netlinkLevel = 270;
const joinGroup = 1;
const doNotWait = 0x40;
const messageTypes = { error: 2, done: 3 } as const;

/** @throws {NetlinkError} where there is none to be had */
export async function openNetlinkSocket(): Promise<NetlinkSocket> {
  const libc = await loadLibc();
  const descriptor = netfilterSocket(libc);
  if (descriptor < 0) throw new NetlinkError('netfilter socket', libc.lastError());
  const bytes = Buffer.alloc(65_536);
  let sequence = 0;
  let listening: Disposable | undefined;
  return {
    *request(request) {
      sequence += 1;
      send(libc, descriptor, writeMessage({ ...request, sequence }));
      for (let isDone = false; !isDone;) {
        const messages = receive(libc, descriptor, bytes);
        if (messages === 'nothing' || messages === 'lost') {
          throw new NetlinkError('netfilter answer', messages);
        }
        const answers = messages.filter((message) => message.sequence === sequence);
        const end = answers.find(
          ({ type }) => type === messageTypes.error || type === messageTypes.done,
        );
        const status = end ? readStatus(end) : 0;
        if (status !== 0) throw new NetlinkError('netfilter request', libc.errorName(status));
        yield answers.filter((message) => message !== end);
        isDone = end !== undefined;
      }
    },
    listen: async ({ groups, filter, onMessages }) => {
      if (libc.attachFilter(descriptor, filter) < 0) {
        throw new NetlinkError('netfilter socket filter', libc.lastError());
      }
      const address = socketAddress();
      libc.bind(descriptor, address, address.length);
      for (const group of groups) join(libc, descriptor, group);
      listening = await whenReadable(descriptor, () => {
        for (;;) {
          const messages = receive(libc, descriptor, bytes);
          if (messages === 'nothing') return;
          onMessages(messages);
        }
      });
      return listening;
    },
    [Symbol.dispose]: () => {
      listening?.[Symbol.dispose]();
      libc.close(descriptor);
    },
  };
}

function send(libc: Libc, descriptor: number, message: Buffer): void {
  const kernel = socketAddress();
  const sent = libc.sendto(descriptor, message, message.length, 0, kernel, kernel.length);
  if (Number(sent) < 0) throw new NetlinkError('netfilter request', libc.lastError());
}

function receive(
  libc: Libc,
  descriptor: number,
  bytes: Buffer,
): readonly NetlinkMessage[] | 'nothing' | 'lost' {
  const from = socketAddress();
  const fromLength = Buffer.alloc(4);
  for (;;) {
    writeNative(fromLength, from.length, 0, 4);
    const got = libc.recvfrom(descriptor, bytes, bytes.length, doNotWait, from, fromLength);
    const length = Number(got);
    if (length >= 0) {
      // Only the kernel is believed: it has port 0.
      if (readNative(from, 4, 4) === 0) return splitMessages(bytes.subarray(0, length));
      continue;
    }
    const code = libc.lastError();
    if (code === 'EAGAIN') return 'nothing';
    if (code === 'ENOBUFS') return 'lost';
    if (code !== 'EINTR') throw new NetlinkError('netfilter socket', code);
  }
}

function join(libc: Libc, descriptor: number, group: number): void {
  const value = Buffer.alloc(4);
  writeNative(value, group, 0, 4);
  if (libc.setsockopt(descriptor, netlinkLevel, joinGroup, value, value.length) < 0) {
    throw new NetlinkError(`netfilter group ${group}`, libc.lastError());
  }
}

/** `sockaddr_nl` of the kernel, or of whichever port it gives us. */
function socketAddress(): Buffer {
  const address = Buffer.alloc(12);
  writeNative(address, netlinkFamily, 0, 2);
  return address;
}

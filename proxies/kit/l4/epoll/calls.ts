/** The calls of Linux that move bytes between sockets, through koffi: each costs little more than the call. */
import koffi from 'koffi';

/** Sizes and results are below 2 GiB here: `int` for all of them is quicker than exact. */
export interface Calls {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Buffer, length: number) => number;
  readonly listen: (fd: number, backlog: number) => number;
  readonly accept: (fd: number, address: null, length: null, flags: number) => number;
  readonly connect: (fd: number, address: Buffer, length: number) => number;
  readonly recv: (fd: number, into: Buffer, length: number, flags: number) => number;
  readonly send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly shutdown: (fd: number, how: number) => number;
  readonly close: (fd: number) => number;
  readonly setOption: (
    ...given: [fd: number, level: number, name: number, value: Buffer, length: number]
  ) => number;
  readonly getOption: (
    ...given: [fd: number, level: number, name: number, value: Buffer, length: Buffer]
  ) => number;
  readonly localName: (fd: number, address: Buffer, length: Buffer) => number;
  readonly remoteName: (fd: number, address: Buffer, length: Buffer) => number;
  readonly epollCreate: (flags: number) => number;
  readonly epollControl: (epoll: number, action: number, fd: number, event: Buffer) => number;
  readonly epollWait: (epoll: number, events: Buffer, most: number, timeoutMs: number) => number;
  readonly eventfd: (value: number, flags: number) => number;
  /** Of the last call that failed. */
  readonly errno: () => number;
}

// The numbers below are those of `support.ts`' two architectures.
export const inet = { v4: 2, v6: 10 } as const;
/** `SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC` */
export const streamType = 0x80801;
/** `SOCK_NONBLOCK | SOCK_CLOEXEC` */
export const acceptFlags = 0x80800;
/** `EFD_NONBLOCK | EFD_CLOEXEC` */
export const eventfdFlags = 0x80800;
export const epollFlags = 0x80000;
/** `MSG_NOSIGNAL` */
export const sendFlags = 0x4000;
export const shutWrite = 1;
export const control = { add: 1, remove: 2, modify: 3 } as const;
export const event = { in: 0x1, out: 0x4, error: 0x8, hangUp: 0x10, peerEnded: 0x2000 } as const;

/** An event is packed on x64 alone. */
export const eventLayout = process.arch === 'x64' ? { words: 3, data: 1 } : { words: 4, data: 2 };

export const socketOption = {
  reuseAddress: [1, 2],
  error: [1, 4],
  keepAlive: [1, 9],
  linger: [1, 13],
  noDelay: [6, 1],
  keepIdle: [6, 4],
  keepInterval: [6, 5],
  keepCount: [6, 6],
  v6Only: [41, 26],
} as const satisfies Record<string, readonly [level: number, name: number]>;

export const errno = {
  interrupted: 4,
  again: 11,
  aborted: 103,
  reset: 104,
  inProgress: 115,
} as const;

export function loadCalls(): Calls {
  const libc = koffi.load(null);
  return {
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, const void *, int)'),
    listen: libc.func('int listen(int, int)'),
    accept: libc.func('int accept4(int, void *, void *, int)'),
    connect: libc.func('int connect(int, const void *, int)'),
    recv: libc.func('int recv(int, void *, size_t, int)'),
    send: libc.func('int send(int, const void *, size_t, int)'),
    shutdown: libc.func('int shutdown(int, int)'),
    close: libc.func('int close(int)'),
    setOption: libc.func('int setsockopt(int, int, int, const void *, int)'),
    getOption: libc.func('int getsockopt(int, int, int, void *, void *)'),
    localName: libc.func('int getsockname(int, void *, void *)'),
    remoteName: libc.func('int getpeername(int, void *, void *)'),
    epollCreate: libc.func('int epoll_create1(int)'),
    epollControl: libc.func('int epoll_ctl(int, int, int, void *)'),
    epollWait: libc.func('int epoll_wait(int, void *, int, int)'),
    eventfd: libc.func('int eventfd(unsigned int, int)'),
    errno: () => koffi.errno(),
  };
}

/** As Node's own errors: `connect ECONNREFUSED 10.0.0.1:6443`, with the `code`. */
export function systemError(number: number, call: string, where?: string): Error {
  const known = Object.entries(koffi.os.errno).find(([, value]) => value === number);
  const code = known?.[0] ?? `errno ${number}`;
  const message = where === undefined ? `${call} ${code}` : `${call} ${code} ${where}`;
  return Object.assign(new Error(message), { code });
}

/** The calls of libc that Node does not have, through koffi: sockets of other families, first of all. */
import { endianness } from 'node:os';
import type { LibraryHandle } from 'koffi';

export interface Libc {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly bind: (descriptor: number, address: Buffer, length: number) => number;
  readonly listen: (descriptor: number, backlog: number) => number;
  readonly shutdown: (descriptor: number, how: number) => number;
  readonly getsockname: (descriptor: number, address: Buffer, length: Buffer) => number;
  readonly setsockopt: (
    ...given: [descriptor: number, level: number, name: number, value: Buffer, length: number]
  ) => number;
  readonly getsockopt: (
    ...given: [descriptor: number, level: number, name: number, value: Buffer, length: Buffer]
  ) => number;
  readonly sendto: (
    ...given: [
      descriptor: number,
      data: Buffer,
      size: number,
      flags: number,
      to: Buffer,
      length: number,
    ]
  ) => number | bigint;
  readonly recvfrom: (
    ...given: [
      descriptor: number,
      data: Buffer,
      size: number,
      flags: number,
      from: Buffer,
      length: Buffer,
    ]
  ) => number | bigint;
  /** A program of the classic packet filter: what it refuses is not queued. */
  readonly attachFilter: (descriptor: number, program: Buffer) => number;
  readonly close: (descriptor: number) => number;
  /** Of a network interface; 0 where there is none of that name. */
  readonly if_nametoindex: (name: string) => number;
  readonly eventfd: (value: number, flags: number) => number;
  readonly memfd_create: (name: string, flags: number) => number;
  /** Gives back what libraries no longer use; only glibc keeps so much of it. */
  readonly trimMemory: () => void;
  /** Waits in a thread. */
  readonly poll: (descriptors: Buffer, count: number, timeoutMs: number) => Promise<number>;
  /** `EPERM`, after a call that failed; not of {@link poll}. */
  readonly lastError: () => string;
  readonly errorName: (number: number) => string;
}

const socketLevel = 1;
const attachFilterOption = 26;

let loaded: Promise<Libc> | undefined;

/** The same each time; koffi is loaded with the first. */
export function loadLibc(): Promise<Libc> {
  return (loaded ??= load());
}

/** Of a C structure: in the byte order of the machine. */
export function writeNative(bytes: Buffer, value: number, at: number, size: 2 | 4): void {
  if (endianness() === 'LE') bytes.writeUIntLE(value, at, size);
  else bytes.writeUIntBE(value, at, size);
}

/** Of a C structure: in the byte order of the machine. */
export function readNative(bytes: Buffer, at: number, size: 2 | 4): number {
  return endianness() === 'LE' ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
}

async function load(): Promise<Libc> {
  const { default: koffi } = await import('koffi');
  const lib = koffi.load(null);
  const program = koffi.struct({ length: 'uint16_t', instructions: 'const void *' });
  const setFilter: (...given: [number, number, number, object, number]) => number = lib.func(
    'setsockopt',
    'int',
    ['int', 'int', 'int', koffi.pointer(program), 'uint32_t'],
  );
  const errorName = (number: number) => {
    const [name] = Object.entries(koffi.os.errno).find(([, value]) => value === number) ?? [];
    return name ?? `error ${number}`;
  };
  const poll = lib.func('int poll(void *fds, unsigned long count, int timeout)');
  return {
    socket: lib.func('int socket(int family, int type, int protocol)'),
    bind: lib.func('int bind(int fd, const void *address, uint32_t length)'),
    listen: lib.func('int listen(int fd, int backlog)'),
    shutdown: lib.func('int shutdown(int fd, int how)'),
    getsockname: lib.func('int getsockname(int fd, void *address, void *length)'),
    setsockopt: lib.func(
      'int setsockopt(int fd, int level, int name, const void *value, uint32_t length)',
    ),
    getsockopt: lib.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
    sendto: lib.func(
      'intptr_t sendto(int fd, const void *data, size_t size, int flags, const void *to, uint32_t length)',
    ),
    recvfrom: lib.func(
      'intptr_t recvfrom(int fd, void *data, size_t size, int flags, void *from, void *length)',
    ),
    close: lib.func('int close(int fd)'),
    if_nametoindex: lib.func('uint32_t if_nametoindex(const char *name)'),
    eventfd: lib.func('int eventfd(unsigned int value, int flags)'),
    memfd_create: lib.func('int memfd_create(const char *name, unsigned int flags)'),
    trimMemory: trimMemoryOf(lib),
    poll: (descriptors, count, timeoutMs) =>
      new Promise((resolve) => {
        poll.async(descriptors, count, timeoutMs, (_: unknown, ready: number) => resolve(ready));
      }),
    attachFilter: (descriptor, instructions) => {
      const value = { length: instructions.length / 8, instructions };
      return setFilter(descriptor, socketLevel, attachFilterOption, value, koffi.sizeof(program));
    },
    lastError: () => errorName(koffi.errno()),
    errorName,
  };
}

function trimMemoryOf(lib: LibraryHandle): () => void {
  try {
    const trim: (keep: number) => number = lib.func('int malloc_trim(size_t keep)');
    return () => void trim(0);
  } catch {
    return () => undefined;
  }
}

/** Waiting for descriptors that Node's event loop does not take: all of a process in one thread. */
import { readSync, writeSync } from 'node:fs';
import { loadLibc, readNative, writeNative, type Libc } from './libc.ts';

const pollIn = 1;
const eventfdFlags = 0x80800;
const one = Buffer.alloc(8);
writeNative(one, 1, 0, 4);

interface Watched {
  readonly descriptor: number;
  readonly onReadable: () => void;
}

const watched = new Set<Watched>();
let waker: number | undefined;
let isWaiting = false;

/**
 * Calls when the descriptor has something to read or is in error, again and again until there is nothing left;
 * keeps the process alive. Dispose before you close the descriptor.
 */
export async function whenReadable(
  descriptor: number,
  onReadable: () => void,
): Promise<Disposable> {
  const libc = await loadLibc();
  const own: Watched = { descriptor, onReadable };
  watched.add(own);
  waker ??= openWaker(libc);
  if (isWaiting) wake(waker);
  else void waitForAll(libc, waker);
  return {
    [Symbol.dispose]: () => {
      if (watched.delete(own) && waker !== undefined) wake(waker);
    },
  };
}

async function waitForAll(libc: Libc, waker: number): Promise<void> {
  isWaiting = true;
  while (watched.size > 0) {
    const waiting = [...watched];
    const descriptors = Buffer.alloc((waiting.length + 1) * 8);
    [waker, ...waiting.map(({ descriptor }) => descriptor)].forEach((descriptor, index) => {
      writeNative(descriptors, descriptor, index * 8, 4);
      writeNative(descriptors, pollIn, index * 8 + 4, 2);
    });
    await libc.poll(descriptors, waiting.length + 1, -1);
    const isReady = (index: number) => readNative(descriptors, index * 8 + 6, 2) !== 0;
    if (isReady(0)) readSync(waker, Buffer.alloc(8));
    waiting.forEach((each, index) => {
      if (watched.has(each) && isReady(index + 1)) each.onReadable();
    });
  }
  isWaiting = false;
}

/** Interrupts the thread, which must not outlive the process either. */
function openWaker(libc: Libc): number {
  const descriptor = libc.eventfd(0, eventfdFlags);
  if (descriptor < 0) throw new Error(`eventfd: ${libc.lastError()}`);
  process.once('exit', () => wake(descriptor));
  return descriptor;
}

function wake(waker: number): void {
  writeSync(waker, one);
}

/** Runs a data path in a thread of its own, where waiting for sockets hinders nobody. */
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { MessageChannel, SHARE_ENV, Worker } from 'node:worker_threads';
import type { Answered, Asked, Told } from './thread-messages.ts';

export interface ThreadOptions<Options, Notice> {
  /** What the thread runs: it calls `runThread`. */
  readonly module: URL;
  readonly name: string;
  /** Plain data. */
  readonly options: Options;
  readonly onNotice: (notice: Notice) => void;
  readonly log: (line: string) => void;
}

export interface Thread<Begun, Request, Answer> extends AsyncDisposable {
  readonly begun: Begun;
  /** @throws Error with the message that the thread's work has thrown, or when it has ended */
  request(request: Request): Promise<Answer>;
}

/** An eventfd is written to by the number that is added to it. */
const wake = Buffer.from(BigUint64Array.of(1n).buffer);

/**
 * `null` where the kernel's calls cannot be had.
 *
 * @throws Error when its work could not begin
 */
export async function startThread<Begun, Request, Answer, Options, Notice>({
  module,
  name,
  options,
  onNotice,
  log,
}: ThreadOptions<Options, Notice>): Promise<Thread<Begun, Request, Answer> | null> {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(module, {
    workerData: { port: port2, options },
    transferList: [port2],
    env: SHARE_ENV,
    name,
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const beginning = Promise.withResolvers<Extract<Told<Begun, Notice>, { waker: number }>>();
  const drained = Promise.withResolvers<undefined>();
  const waiting: ((answered: Answered<Answer>) => void)[] = [];
  let isBegun = false;

  port.on('message', (message: Told<Begun, Notice> | Answered<Answer>) => {
    if ('value' in message || 'failure' in message) waiting.shift()?.(message);
    else if ('notice' in message) onNotice(message.notice);
    else if ('log' in message) log(message.log);
    else if ('ended' in message) drained.resolve(undefined);
    else if ('refusal' in message) beginning.reject(new Error(message.refusal));
    else beginning.resolve(message);
  });
  const unusable = once(worker, 'error').then(([error]: unknown[]) => {
    log(`the data path's thread: ${String(error)}`);
    // Nobody could be served any more: end as a program does that has gone wrong.
    if (isBegun) throw error;
    return null;
  });
  const first = await Promise.race([beginning.promise, unusable]);
  if (first === null) return null;
  isBegun = true;
  const { begun, waker } = first;

  let end: Promise<void> | null = null;
  const post = (message: Asked<Request>) => {
    port.postMessage(message);
    writeSync(waker, wake);
  };
  const leave = () => post({ end: true });
  const finish = async () => {
    leave();
    // Whatever was asked before has its answer then.
    await Promise.race([drained.promise, ended]);
    await ended;
    process.off('exit', leave);
    port.close();
    closeSync(waker);
    for (const answer of waiting.splice(0)) answer({ failure: hasEnded });
  };

  // A thread that waits in the kernel would be in the way of the end.
  process.once('exit', leave);

  return {
    begun,
    request: (request) => {
      if (end) return Promise.reject(new Error(hasEnded));
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      post({ request });
      // Answers come in the order of their requests.
      waiting.push((answered) => {
        if ('value' in answered) resolve(answered.value);
        else reject(new Error(answered.failure));
      });
      return promise;
    },
    [Symbol.asyncDispose]: () => (end ??= finish()),
  };
}

const hasEnded = 'the dataplane has ended';

/** Runs a data path in a thread of its own, where waiting for sockets hinders nobody. */
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { MessageChannel, SHARE_ENV, Worker } from 'node:worker_threads';
import type { Backend } from '../backend.ts';
import type { DataPath } from './data-path.ts';
import type { ForwarderEvents, ForwarderOptions } from './forwarder.ts';
import type { Answer, Answers, Notice, Request } from './thread-messages.ts';

/** An eventfd is written to by the number that is added to it. */
const wake = Buffer.from(BigUint64Array.of(1n).buffer);

/**
 * `null` where the kernel's calls cannot be had.
 *
 * @throws Error when one of the addresses is not to be had
 */
export async function startForwardingThread(
  options: ForwarderOptions,
  events: ForwarderEvents,
): Promise<DataPath | null> {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(new URL('forwarding-thread.ts', import.meta.url), {
    workerData: { port: port2, options },
    transferList: [port2],
    env: SHARE_ENV,
    name: 'forwarding',
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const begun = Promise.withResolvers<Extract<Notice, { waker: number }>>();
  const waiting: ((value: Answer['value']) => void)[] = [];
  let isBegun = false;

  port.on('message', (message: Notice | Answer) => {
    if ('value' in message) waiting.shift()?.(message.value);
    else if ('sighting' in message) events.onSighting(message.sighting);
    else if ('connection' in message) events.onConnection(message.connection);
    else if ('log' in message) events.log(message.log);
    else if ('refusal' in message) begun.reject(new Error(message.refusal));
    else begun.resolve(message);
  });
  const unusable = once(worker, 'error').then(([error]: unknown[]) => {
    events.log(`the data path's thread: ${String(error)}`);
    // Nobody could be served any more: end as a program does that has gone wrong.
    if (isBegun) throw error;
    return null;
  });
  const first = await Promise.race([begun.promise, unusable]);
  if (first === null) return null;
  isBegun = true;
  const { addresses, waker } = first;

  let end: Promise<void> | null = null;
  const request = <Ask extends Request['ask']>(
    message: Extract<Request, { ask: Ask }>,
  ): Promise<Answers[Ask]> => {
    const { promise, resolve } = Promise.withResolvers<Answers[Ask]>();
    if (end) return Promise.reject(new Error('the dataplane has ended'));
    port.postMessage(message);
    // Answers come in the order of their requests.
    waiting.push((value) => resolve(value as Answers[Ask]));
    writeSync(waker, wake);
    return promise;
  };

  const finish = async () => {
    await request({ ask: 'end' });
    await ended;
    process.off('exit', leave);
    port.close();
    closeSync(waker);
  };

  /** A thread that waits in the kernel would be in the way of the end. */
  const leave = () => void request({ ask: 'end' });
  process.once('exit', leave);

  return {
    addresses,
    apply: ({ eligible, reset }) =>
      request({ ask: 'apply', plan: { eligible: eligible.map(plain), reset: reset.map(plain) } }),
    connections: () => request({ ask: 'connections' }),
    counts: () => request({ ask: 'counts' }),
    watch: (isWatched) => request({ ask: 'watch', isWatched }),
    [Symbol.asyncDispose]: () => {
      const first = end ?? finish();
      end ??= first;
      return first;
    },
  };
}

/** Without what its giver may have added: not everything can be sent to a thread. */
function plain({ name, address, port, family }: Backend): Backend {
  return { name, address, port, family };
}

/** The thread of a data path: it blocks until a socket, a message or a time is due. */
import { readSync } from 'node:fs';
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { event, eventfdFlags } from '../../kit/l4/epoll/calls.ts';
import { EpollLoop } from '../../kit/l4/epoll/epoll-loop.ts';
import { createEpollWires } from '../../kit/l4/epoll/epoll-wires.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';
import type { Answer, Notice, Request } from './thread-messages.ts';

/** What {@link startForwardingThread} gives it. */
const { port, options } = workerData as {
  readonly port: MessagePort;
  readonly options: ForwarderOptions;
};

const tell = (message: Notice | Answer) => port.postMessage(message);
const log = (error: unknown) =>
  tell({ log: error instanceof Error ? (error.stack ?? error.message) : String(error) });

using loop = new EpollLoop(log);
using forwarder = new Forwarder(createEpollWires(loop, options), options, {
  log: (line) => tell({ log: line }),
  onSighting: (sighting) => tell({ sighting }),
  onConnection: (connection) => tell({ connection }),
});

function answer(request: Request): Answer['value'] {
  switch (request.ask) {
    case 'apply':
      forwarder.apply(request.plan);
      return undefined;
    case 'watch':
      forwarder.isWatched = request.isWatched;
      return undefined;
    case 'connections':
      return forwarder.list();
    case 'counts':
      return forwarder.counts();
    case 'end':
      loop.stop();
      return undefined;
  }
}

function readMessages(waker: number): void {
  readSync(waker, Buffer.alloc(8));
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: Request } | undefined;
    if (received === undefined) return;
    tell({ value: answer(received.message) });
  }
}

async function run(): Promise<void> {
  const waker = loop.calls.eventfd(0, eventfdFlags);
  try {
    tell({ addresses: await forwarder.listen(), waker });
  } catch (error) {
    loop.calls.close(waker);
    tell({ refusal: error instanceof Error ? error.message : String(error) });
    return;
  }
  loop.watch({ fd: waker, turn: 0, onEvents: () => readMessages(waker) }, event.in);
  loop.run();
}

await run();

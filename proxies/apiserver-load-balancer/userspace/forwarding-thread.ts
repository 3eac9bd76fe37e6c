/** The thread of a data path. */
import { createEpollWires } from '../../kit/l4/epoll/epoll-wires.ts';
import { runThread } from '../../kit/l4/epoll/run-thread.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';
import type { Answer, Notice, Request } from './thread-messages.ts';

await runThread<ForwarderOptions, readonly string[], Request, Answer, Notice>(
  ({ loop, options, notify, log }) => {
    const forwarder = new Forwarder(createEpollWires(loop, options), options, {
      log,
      onSighting: (sighting) => notify({ sighting }),
      onConnection: (connection) => notify({ connection }),
    });
    return {
      begin: () => forwarder.listen(),
      answer: (request) => answer(forwarder, request),
      [Symbol.dispose]: () => forwarder[Symbol.dispose](),
    };
  },
);

function answer(forwarder: Forwarder, request: Request): Answer {
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
  }
}

/** The thread of the TCP half. */
import { createEpollWires } from '../../kit/l4/epoll/epoll-wires.ts';
import { runThread } from '../../kit/l4/epoll/run-thread.ts';
import { TcpForwarder } from './tcp-forwarder.ts';
import type { DoorFlow } from './door.ts';
import type { TcpOptions, TcpRequest } from './tcp-path.ts';

await runThread<TcpOptions, null, TcpRequest, null, DoorFlow>(({ loop, options, notify, log }) => {
  const forwarder = new TcpForwarder(createEpollWires(loop, options), { log, onFlow: notify });
  return {
    begin: () => Promise.resolve(null),
    answer: (request) => {
      // Nothing here is a promise: the loop blocks, and so does its listening.
      if (request.ask === 'ensure') void forwarder.ensure(request.service);
      else if (request.ask === 'remove') forwarder.remove(request.name);
      else forwarder.isWatched = request.isWatched;
      return null;
    },
    [Symbol.dispose]: () => forwarder[Symbol.dispose](),
  };
});

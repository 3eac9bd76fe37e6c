/** The data path in a thread of its own, where waiting for sockets hinders nobody. */
import { startThread } from '../../kit/l4/epoll/start-thread.ts';
import type { Backend } from '../backend.ts';
import type { DataPath } from './data-path.ts';
import type { ForwarderEvents, ForwarderOptions } from './forwarder.ts';
import type { Answer, Answers, Notice, Request } from './thread-messages.ts';

/**
 * `null` where the kernel's calls cannot be had.
 *
 * @throws Error when one of the addresses is not to be had
 */
export async function startForwardingThread(
  options: ForwarderOptions,
  events: ForwarderEvents,
): Promise<DataPath | null> {
  const thread = await startThread<readonly string[], Request, Answer, ForwarderOptions, Notice>({
    module: new URL('forwarding-thread.ts', import.meta.url),
    name: 'forwarding',
    options,
    log: events.log,
    onNotice: (notice) => {
      if ('sighting' in notice) events.onSighting(notice.sighting);
      else events.onConnection(notice.connection);
    },
  });
  if (thread === null) return null;

  const request = <Ask extends Request['ask']>(
    message: Extract<Request, { ask: Ask }>,
  ): Promise<Answers[Ask]> => thread.request(message) as Promise<Answers[Ask]>;

  return {
    addresses: thread.begun,
    apply: ({ eligible, reset }) =>
      request({ ask: 'apply', plan: { eligible: eligible.map(plain), reset: reset.map(plain) } }),
    connections: () => request({ ask: 'connections' }),
    counts: () => request({ ask: 'counts' }),
    watch: (isWatched) => request({ ask: 'watch', isWatched }),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** Without what its giver may have added: not everything can be sent to a thread. */
function plain({ name, address, port, family }: Backend): Backend {
  return { name, address, port, family };
}

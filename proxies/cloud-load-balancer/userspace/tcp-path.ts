/** The TCP half of the data path: in a thread that does nothing else where the system has it, else in this one. */
import { startThread } from '../../kit/l4/epoll/start-thread.ts';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { createNodeWires } from '../../kit/l4/node-wires.ts';
import type { WireEngineOptions } from '../../kit/l4/wire.ts';
import { TcpForwarder, type TcpForwarderEvents } from './tcp-forwarder.ts';
import type { DoorFlow, DoorService } from './door.ts';

export type TcpOptions = WireEngineOptions;

export type TcpRequest =
  | { readonly ask: 'ensure'; readonly service: DoorService }
  | { readonly ask: 'remove'; readonly name: string }
  | { readonly ask: 'watch'; readonly isWatched: boolean };

export interface TcpPath extends AsyncDisposable {
  /** @throws Error when a door cannot be opened: then it is as before */
  ensure(service: DoorService): Promise<void>;
  /** Who is connected is reset. */
  remove(name: string): Promise<void>;
  /** Whether it tells of connections that begin. */
  watch(isWatched: boolean): Promise<void>;
}

export async function openTcpPath(
  options: TcpOptions,
  events: TcpForwarderEvents,
  wires: 'epoll' | 'node' = isEpollKnown ? 'epoll' : 'node',
): Promise<TcpPath> {
  const path = wires === 'epoll' ? await openInThread(options, events) : null;
  return path ?? openHere(options, events);
}

async function openInThread(
  options: TcpOptions,
  { log, onFlow }: TcpForwarderEvents,
): Promise<TcpPath | null> {
  const thread = await startThread<null, TcpRequest, null, TcpOptions, DoorFlow>({
    module: new URL('tcp-thread.ts', import.meta.url),
    name: 'forwarding',
    options,
    onNotice: onFlow,
    log,
  });
  if (thread === null) return null;
  const ask = async (request: TcpRequest): Promise<void> => {
    await thread.request(request);
  };
  return {
    ensure: (service) => ask({ ask: 'ensure', service }),
    remove: (name) => ask({ ask: 'remove', name }),
    watch: (isWatched) => ask({ ask: 'watch', isWatched }),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

function openHere(options: TcpOptions, events: TcpForwarderEvents): TcpPath {
  const forwarder = new TcpForwarder(createNodeWires(options), events);
  return {
    ensure: async (service) => forwarder.ensure(service),
    remove: async (name) => forwarder.remove(name),
    watch: async (isWatched) => {
      forwarder.isWatched = isWatched;
    },
    [Symbol.asyncDispose]: async () => forwarder[Symbol.dispose](),
  };
}

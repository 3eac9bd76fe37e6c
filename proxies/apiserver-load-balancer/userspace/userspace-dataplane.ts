/**
 * The portable dataplane: it takes each connection itself, and opens one of its own to an apiserver. On Linux a
 * thread of its own moves the bytes by the kernel's calls; elsewhere Node's sockets do, by the same rules.
 */
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { createNodeWires } from '../../kit/l4/node-wires.ts';
import type { Dataplane, DataplaneOptions, ForwardedConnection } from '../dataplane.ts';
import { ownPath, type DataPath } from './data-path.ts';
import { Forwarder, type ForwarderEvents, type ForwarderOptions } from './forwarder.ts';
import { startForwardingThread } from './start-forwarding-thread.ts';

export interface UserspaceOptions extends DataplaneOptions {
  /** What moves the bytes: `epoll` where it is to be had, if not given. */
  readonly wires?: 'epoll' | 'node';
}

/**
 * A client is reset at once while nobody is eligible, and when all who are have failed it.
 *
 * @throws Error when one of the addresses is not to be had: `cannot listen on 0.0.0.0:6443: another program …`
 */
export async function createUserspaceDataplane(given: UserspaceOptions): Promise<Dataplane> {
  const { log, onSighting, wires = isEpollKnown ? 'epoll' : 'node', ...options } = given;
  const listeners = new Set<(connection: ForwardedConnection) => void>();
  const events: ForwarderEvents = {
    log,
    onSighting,
    onConnection: (connection) => {
      for (const listener of listeners) listener(connection);
    },
  };
  const thread = wires === 'epoll' ? await startForwardingThread(options, events) : null;
  const path = thread ?? (await startHere(options, events));

  return {
    kind: 'userspace',
    addresses: path.addresses,
    apply: (plan) => path.apply(plan),
    connections: () => path.connections(),
    counts: () => path.counts(),
    onConnection: (listener) => {
      const own = (connection: ForwardedConnection) => listener(connection);
      listeners.add(own);
      return {
        ready: path.watch(true),
        [Symbol.dispose]: () => {
          listeners.delete(own);
          // Once it has ended there is nothing left to tell.
          if (listeners.size === 0) path.watch(false).catch(() => undefined);
        },
      };
    },
    [Symbol.asyncDispose]: () => path[Symbol.asyncDispose](),
  };
}

async function startHere(options: ForwarderOptions, events: ForwarderEvents): Promise<DataPath> {
  using starting = new DisposableStack();
  const forwarder = starting.use(new Forwarder(createNodeWires(options), options, events));
  const path = ownPath(forwarder, await forwarder.listen());
  starting.move();
  return path;
}

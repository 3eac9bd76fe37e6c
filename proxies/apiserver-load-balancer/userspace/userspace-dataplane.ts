/** The portable dataplane: it takes each connection itself, and opens one of its own to an apiserver. */
import type { Socket } from 'node:net';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { dialLadder } from '../../kit/l4/dial-ladder.ts';
import { RelaySet } from '../../kit/l4/relay-set.ts';
import type { Backend } from '../backend.ts';
import type {
  Dataplane,
  DataplaneOptions,
  ForwardedConnection,
  ForwardingPlan,
} from '../dataplane.ts';
import { balancing } from './balance.ts';
import { listenOn } from './listen.ts';

/** @throws Error when an address cannot be listened on. */
export async function createUserspaceDataplane(options: DataplaneOptions): Promise<Dataplane> {
  const { balance, dialTimeoutMs, keepAliveMs, log, onSighting } = options;
  let eligible: readonly Backend[] = [];
  const active = new Map<string, number>();
  const live = new Map<Socket, ForwardedConnection>();
  const listeners = new Set<(connection: ForwardedConnection) => void>();
  const counts = { accepted: 0, refused: 0, retried: 0, reset: 0 };
  const balancer = balancing(balance, (name) => active.get(name) ?? 0);

  await using starting = new AsyncDisposableStack();
  const relays = starting.use(new RelaySet());

  const serve = async (client: Socket) => {
    counts.accepted += 1;
    const source = endpointText(client.remoteAddress, client.remotePort);
    const destination = endpointText(client.localAddress, client.localPort);
    const order = balancer.order(eligible);
    const join = relays.hold(client);
    const dialled = await dialLadder<Backend>({
      timeoutsMs: order.map(() => dialTimeoutMs),
      choose: (failed) => order[failed.length] ?? null,
      onFailure: (backend, error) => {
        counts.retried += 1;
        onSighting({ backend, saw: 'dial-failed', reason: error.message });
      },
      isGivenUp: () => client.destroyed,
    });
    if (dialled === null) {
      if (!client.destroyed) counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const { backend, socket } = dialled;
    const connection: ForwardedConnection = {
      source,
      destination,
      backend: backend.name,
      seenAs: endpointText(socket.localAddress, socket.localPort),
    };
    active.set(backend.name, (active.get(backend.name) ?? 0) + 1);
    live.set(socket, connection);
    socket.once('close', () => {
      live.delete(socket);
      const left = (active.get(backend.name) ?? 1) - 1;
      if (left > 0) active.set(backend.name, left);
      else active.delete(backend.name);
    });
    join(socket, backend);
    for (const listener of listeners) listener(connection);
  };

  const listening = starting.use(
    await listenOn(options.listen, {
      keepAliveMs,
      onClient: (client) => void serve(client),
      onError: (address, error) => log(`${address}: ${error.message}`),
    }),
  );
  const owned = starting.move();

  return {
    kind: 'userspace',
    addresses: listening.addresses,
    apply: async (plan: ForwardingPlan) => {
      eligible = plan.eligible;
      const names = new Set(plan.reset.map(({ name }) => name));
      if (names.size === 0) return;
      for (const { backend } of live.values()) if (names.has(backend)) counts.reset += 1;
      relays.reset(({ address, port }) => names.has(endpointText(address, port)));
    },
    connections: async () => [...live.values()],
    counts: async () => ({
      ...counts,
      sentBytes: null,
      receivedBytes: null,
      active: new Map(active),
    }),
    onConnection: (listener) => {
      const own = (connection: ForwardedConnection) => listener(connection);
      listeners.add(own);
      return {
        ready: Promise.resolve(),
        [Symbol.dispose]: () => void listeners.delete(own),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

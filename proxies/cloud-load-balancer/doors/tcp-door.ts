/** A door for connections. */
import { Relay, type Meter } from '../../kit/l4/relay.ts';
import { ignored, type Wire, type WireEngine } from '../../kit/l4/wire.ts';
import { doorHost, type Door, type DoorTarget } from './door.ts';

/** @throws Error of the system where the port is not to be had */
export async function openTcpDoor(
  wires: WireEngine,
  port: number,
  target: () => DoorTarget,
): Promise<Door> {
  const open = new Set<Wire>();
  const listener = await wires.listen({
    host: doorHost,
    port,
    onWire: (client) => {
      const upstream = wires.dial(target(), ignored);
      open.add(client).add(upstream);
      new Relay(client, upstream, unread, () => {
        open.delete(client);
        open.delete(upstream);
      });
    },
    onError: () => undefined,
  });
  return {
    address: listener.address,
    [Symbol.dispose]: () => {
      listener[Symbol.dispose]();
      for (const wire of open) wire.destroy();
    },
  };
}

/** Nobody asks what has gone through doors. */
const unread: Meter = { sentBytes: 0, receivedBytes: 0, tick: 0 };

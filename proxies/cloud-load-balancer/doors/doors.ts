/** The doors of all load balancers: opened, kept and closed with their ports. */
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { createNodeWires } from '../../kit/l4/node-wires.ts';
import { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import { errorCode } from '../../kit/kubeconfig/errors.ts';
import type { ForwardedPort, Forwarding } from '../forwarding.ts';
import { doorHost, type Door, type DoorPlace, type DoorTarget } from './door.ts';
import { openTcpDoor } from './tcp-door.ts';
import { openUdpDoor } from './udp-door.ts';

export interface Doors extends Disposable {
  /** Opens what is missing, and closes what is no more. A port that cannot have a door goes without. */
  follow(forwarding: Forwarding): Promise<void>;
  close(name: string): void;
  /** Of the load balancer of this name. */
  of(name: string): readonly DoorPlace[];
}

interface Held {
  readonly place: DoorPlace;
  readonly door: Door;
}

/** The doors of one load balancer, and where they lead. */
interface Side {
  address: string;
  readonly held: Map<string, Held>;
}

const keepAliveMs = 30_000;
const sessionLimits = { idleMs: 60_000, limit: 1024 };

/** @param say tells of each door, once */
export function createDoors(say: (text: string) => void): Doors {
  const sides = new Map<string, Side>();
  const wires = createNodeWires({ keepAliveMs });
  const sessions = new UdpSessions(sessionLimits);

  const openAt = (port: number, protocol: 'TCP' | 'UDP', target: () => DoorTarget) =>
    protocol === 'TCP' ? openTcpDoor(wires, port, target) : openUdpDoor(sessions, port, target);
  const open = async (side: Side, { protocol, port }: ForwardedPort, service: string) => {
    if (protocol === 'SCTP') return;
    const target = () => ({ address: side.address, port });
    try {
      const door = await openAt(port, protocol, target).catch((error: unknown) => {
        if (!isNotToBeHad(error)) throw error;
        return openAt(0, protocol, target);
      });
      const place = { protocol, port, address: door.address };
      side.held.set(keyOf(place), { place, door });
      const other = door.address === endpointText(doorHost, port) ? '' : ' (its own port is taken)';
      say(`${service}: port ${port}/${protocol} is also at ${door.address}${other}`);
    } catch (error) {
      say(`${service}: port ${port}/${protocol} has no door on ${doorHost}: ${String(error)}`);
    }
  };

  return {
    follow: async ({ name, service, addresses, ports }) => {
      const [first] = addresses;
      if (!first) return;
      const side = sides.get(name) ?? { address: first.address, held: new Map<string, Held>() };
      side.address = first.address;
      sides.set(name, side);
      const wanted = new Set(ports.map(keyOf));
      for (const [key, { door }] of side.held) {
        if (wanted.has(key)) continue;
        door[Symbol.dispose]();
        side.held.delete(key);
      }
      for (const port of ports) {
        if (!side.held.has(keyOf(port))) await open(side, port, service);
      }
    },
    close: (name) => {
      for (const { door } of sides.get(name)?.held.values() ?? []) door[Symbol.dispose]();
      sides.delete(name);
    },
    of: (name) => [...(sides.get(name)?.held.values() ?? [])].map(({ place }) => place),
    [Symbol.dispose]: () => {
      for (const { held } of sides.values()) {
        for (const { door } of held.values()) door[Symbol.dispose]();
      }
      sides.clear();
      wires[Symbol.dispose]();
      sessions[Symbol.dispose]();
    },
  };
}

/** Somebody has it, or only root may. */
function isNotToBeHad(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(errorCode(error));
}

function keyOf({ protocol, port }: Pick<ForwardedPort, 'protocol' | 'port'>): string {
  return `${protocol} ${port}`;
}

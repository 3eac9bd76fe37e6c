/** The UDP half of the data path: a socket for each door, and a session for each client. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { forwardUdp, type UdpForwarder as UdpSocket } from '../../kit/l4/udp-forwarder.ts';
import type { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import { allowing } from './allowing.ts';
import { Dealer } from './dealer.ts';
import type { Door, DoorFlow, DoorService, NodePort } from './door.ts';
import { listenReason } from './listen-reason.ts';

export interface UdpForwarderOptions {
  readonly sessions: UdpSessions;
  readonly log: (line: string) => void;
  readonly onFlow: (flow: DoorFlow) => void;
}

interface OpenDoor {
  readonly key: string;
  readonly service: string;
  socket: UdpSocket<NodePort> | null;
  dealer: Dealer;
  isAllowed: (client: string) => boolean;
}

export class UdpForwarder implements Disposable {
  private readonly options: UdpForwarderOptions;
  private readonly services = new Map<string, Map<string, OpenDoor>>();

  constructor(options: UdpForwarderOptions) {
    this.options = options;
  }

  /** As `TcpForwarder.ensure`; sessions to nodes that are gone end, and the client's next datagram begins another. */
  async ensure(service: DoorService): Promise<void> {
    const before = this.services.get(service.name) ?? new Map<string, OpenDoor>();
    const after = new Map<string, OpenDoor>();
    const opened: OpenDoor[] = [];
    try {
      for (const door of service.doors) {
        const known = before.get(keyOf(door)) ?? newDoor(door, service);
        after.set(known.key, known);
        if (known.socket !== null || door.targets.length === 0) continue;
        // From its first datagram on it must know where to.
        change(known, door, service);
        known.socket = await this.open(known, door);
        opened.push(known);
      }
    } catch (error) {
      for (const door of opened) close(door);
      throw error;
    }
    for (const door of service.doors) {
      const known = after.get(keyOf(door));
      if (known) change(known, door, service);
    }
    for (const [key, door] of before) if (!after.has(key)) close(door);
    this.services.set(service.name, after);
  }

  remove(name: string): void {
    for (const door of this.services.get(name)?.values() ?? []) close(door);
    this.services.delete(name);
  }

  [Symbol.dispose](): void {
    for (const name of [...this.services.keys()]) this.remove(name);
  }

  private async open(
    door: OpenDoor,
    { family, address, port }: Door,
  ): Promise<UdpSocket<NodePort>> {
    const { sessions, log, onFlow } = this.options;
    const isIPv6 = family === 'IPv6';
    const socket = createSocket({ type: isIPv6 ? 'udp6' : 'udp4', ipv6Only: isIPv6 });
    const choose = ({ address: client }: RemoteInfo) =>
      door.isAllowed(client) ? (door.dealer.order(client)[0] ?? null) : null;
    // Before it listens, or the first datagrams would find nobody.
    const forwarder = forwardUdp<NodePort>(socket, {
      sessions,
      choose,
      onConnect: (client, { node, ...target }, local) => {
        onFlow({
          service: door.service,
          source: endpointText(client.address, client.port),
          destination: door.key,
          node,
          target: endpointText(target.address, target.port),
          seenAs: endpointText(local.address, local.port),
        });
      },
    });
    socket.bind(port, address);
    await once(socket, 'listening').catch((cause: unknown) => {
      // A socket that could not be bound stays open.
      forwarder[Symbol.dispose]();
      throw new Error(listenReason('UDP', door.key, cause), { cause });
    });
    socket.on('error', (error) => log(`${door.service}: ${door.key}: ${error.message}`));
    return forwarder;
  }
}

function newDoor(door: Door, { service }: DoorService): OpenDoor {
  return {
    key: keyOf(door),
    service,
    socket: null,
    dealer: new Dealer([], false),
    isAllowed: () => false,
  };
}

function change(known: OpenDoor, { family, targets }: Door, service: DoorService): void {
  known.dealer = new Dealer(targets, service.isSticky);
  known.isAllowed = allowing(family, service.sourceRanges);
  if (targets.length === 0) close(known);
  known.socket?.endSessions(
    (target, { address }) => !known.dealer.has(target) || !known.isAllowed(address),
  );
}

function close(door: OpenDoor): void {
  door.socket?.[Symbol.dispose]();
  door.socket = null;
}

function keyOf({ address, port }: Door): string {
  return endpointText(address, port);
}

/** A door for datagrams. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { L4Backend } from '../../kit/l4/backend.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { forwardUdp } from '../../kit/l4/udp-forwarder.ts';
import type { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import { doorHost, type Door, type DoorTarget } from './door.ts';

/** @throws Error of the system where the port is not to be had */
export async function openUdpDoor(
  sessions: UdpSessions,
  port: number,
  target: () => DoorTarget,
): Promise<Door> {
  const socket = createSocket('udp4');
  // Before it listens, or the first datagrams would find nobody.
  const forwarder = forwardUdp<L4Backend>(socket, { sessions, choose: target });
  socket.bind(port, doorHost);
  await once(socket, 'listening').catch((error: unknown) => {
    forwarder[Symbol.dispose]();
    throw error;
  });
  socket.on('error', () => undefined);
  return {
    address: endpointText(doorHost, socket.address().port),
    [Symbol.dispose]: () => forwarder[Symbol.dispose](),
  };
}

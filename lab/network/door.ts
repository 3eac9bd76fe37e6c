/** The host's side of a door: a socket opened here and handed into the lab, which dials on from there. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo } from 'node:net';
import { formatEndpoint } from './endpoint.ts';
import type { SupervisorLink } from './launch.ts';
import type { DoorProtocol } from './messages.ts';

export interface DoorOptions {
  readonly protocol: DoorProtocol;
  /** Where to listen on the host; `127.0.0.1` unless told. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port?: number;
}

export interface Door extends AsyncDisposable {
  readonly protocol: DoorProtocol;
  /** Where it is on the host, as `host:port`. */
  readonly address: string;
  readonly port: number;
}

let doors = 0;

/**
 * Opens a door to a `host:port` within the lab.
 *
 * @throws Error with the system's code when the port is taken.
 */
export async function openDoor(
  supervisor: SupervisorLink,
  { protocol, host = '127.0.0.1', port = 0 }: DoorOptions,
  target: string,
): Promise<Door> {
  const door = ++doors;
  const { socket, at } = await bind[protocol](host, port);
  try {
    await supervisor.request('open-door', { door, protocol, target }, { socket });
  } finally {
    // It has a copy now.
    socket.close();
  }
  return {
    protocol,
    address: formatEndpoint(at.address, at.port),
    port: at.port,
    [Symbol.asyncDispose]: async () => {
      await supervisor.request('close-door', { door }).catch(() => undefined);
    },
  };
}

const bind = {
  TCP: async (host: string, port: number) => {
    const socket = createServer();
    socket.listen({ host, port });
    await once(socket, 'listening');
    return { socket, at: socket.address() as AddressInfo };
  },
  UDP: async (host: string, port: number) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
    return { socket, at: socket.address() };
  },
} as const satisfies Record<DoorProtocol, unknown>;

/** Opens the listeners: all of them, or none. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import type { ListenAddress } from '../dataplane.ts';

export interface Listeners extends AsyncDisposable {
  /** As `host:port`, the ports that the system chose filled in. */
  readonly addresses: readonly string[];
}

export interface ListenOptions {
  readonly keepAliveMs: number;
  readonly onClient: (client: Socket) => void;
  readonly onError: (address: string, error: Error) => void;
}

const backlog = 4_096;

/** @throws Error when one of them cannot be had: `cannot listen on 0.0.0.0:6443: the port is taken` */
export async function listenOn(
  addresses: readonly ListenAddress[],
  { keepAliveMs, onClient, onError }: ListenOptions,
): Promise<Listeners> {
  await using starting = new AsyncDisposableStack();
  const served: string[] = [];
  for (const { host, port } of addresses) {
    const server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: keepAliveMs > 0,
      keepAliveInitialDelay: keepAliveMs,
    });
    // A `::` that took IPv4 too would leave nothing for `0.0.0.0`.
    server.listen({ host, port, ipv6Only: true, backlog });
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new Error(`cannot listen on ${endpointText(host, port)}: ${reasonOf(cause)}`, {
        cause,
      });
    }
    const address = addressOf(server);
    server.on('connection', onClient);
    server.on('error', (error) => onError(address, error));
    starting.defer(() => void server.close());
    served.push(address);
  }
  const listening = starting.move();
  return { addresses: served, [Symbol.asyncDispose]: () => listening.disposeAsync() };
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (EADDRINUSE)',
  EADDRNOTAVAIL: 'this machine has no such address (EADDRNOTAVAIL)',
  EACCES: 'ports below 1024 need root (EACCES)',
};

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? cause.message;
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return endpointText(address, port);
}

/** `kubectl proxy`: plain HTTP/1.1 for clients on this machine, the apiserver behind it. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Hop } from '../kit/hop.ts';
import { createUpstreamPool } from '../kit/http/upstream-pool.ts';
import type { Upstream } from '../kit/upstream.ts';
import { answerRequest } from './answer-request.ts';
import { ClientConnection } from './client-connection.ts';
import type { ProxyContext } from './context.ts';
import { kubectlProxy } from './descriptor.ts';
import { createFilter } from './filter.ts';
import type { Filter } from './filter.ts';
import { unsolicited } from './forward.ts';
import { listen } from './listen.ts';
import type { ListenOptions } from './listen.ts';
import { escapePath, unescapePath } from '../kit/http/request-target.ts';
import { createRoutes } from './routes.ts';

export interface KubectlProxyOptions {
  readonly upstream: Upstream;
  readonly listen: ListenOptions;
  readonly apiPrefix?: string;
  readonly wwwPrefix?: string;
  /** The directory of static files; absent or empty: none. */
  readonly www?: string;
  /** Null switches the filter off; absent: the default lists. */
  readonly filter?: Filter | null;
  readonly appendServerPath?: boolean;
  /** TCP keepalive of upgraded connections; 0: Go's 15 s, negative: none. */
  readonly keepAliveMs?: number;
  /** Takes one line, without its newline. */
  readonly log?: (line: string) => void;
  /** Costs nothing when absent. */
  readonly onHop?: (hop: Hop) => void;
}

export interface KubectlProxy extends AsyncDisposable {
  /** As the start line names it: `127.0.0.1:8001`, `[::]:8001` or the socket's path. */
  readonly address: string;
  /** Null on a unix socket. */
  readonly port: number | null;
  setHopListener(listener: ((hop: Hop) => void) | null): void;
  /**
   * Stops listening, lets requests under way end for at most `drainMs`, then cuts what is left:
   * watches and tunnels have no end of their own.
   */
  close(options: { readonly drainMs: number }): Promise<void>;
}

const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  // Go's: a client that vanished without a word does not keep a watch for ever.
  keepAlive: true,
  keepAliveInitialDelay: 15_000,
} as const;

/**
 * Starts the proxy.
 *
 * @throws Error with Go's wording where it cannot listen, and for prefixes that cannot work.
 */
export async function startKubectlProxy(options: KubectlProxyOptions): Promise<KubectlProxy> {
  const log = options.log ?? (() => undefined);
  const www = options.www ?? '';
  const context: ProxyContext = {
    upstream: options.upstream,
    pool: createUpstreamPool(options.upstream, (text) => log(unsolicited(text))),
    routes: createRoutes({
      apiPrefix: options.apiPrefix ?? flagDefault('api-prefix'),
      wwwPrefix: www === '' ? null : (options.wwwPrefix ?? flagDefault('www-prefix')),
    }),
    filter: options.filter === undefined ? defaultFilter() : options.filter,
    www: www === '' ? null : resolve(www),
    serverPath: options.appendServerPath === true ? serverPath(options.upstream) : '',
    keepAliveMs: options.keepAliveMs ?? 0,
    log,
    onHop: options.onHop ?? null,
  };

  const clients = new Set<ClientConnection>();
  const server = createServer(socketOptions, (socket) => {
    const client = new ClientConnection(socket, (connection, request) =>
      answerRequest(context, connection, request),
    );
    clients.add(client);
    socket.once('close', () => clients.delete(client));
  });

  let address: string;
  try {
    address = await listen(server, options.listen);
  } catch (error) {
    context.pool.close();
    throw error;
  }
  const bound = server.address();

  async function close({ drainMs }: { readonly drainMs: number }): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const client of clients) client.drain();
    const cut = setTimeout(() => {
      for (const client of clients) client.destroy();
    }, drainMs);
    await closed;
    clearTimeout(cut);
    context.pool.close();
  }

  return {
    address,
    port: isTcp(bound) ? bound.port : null,
    setHopListener: (listener) => (context.onHop = listener),
    close,
    [Symbol.asyncDispose]: () => close({ drainMs: 0 }),
  };
}

/** Go joins decoded paths: an escape that need not be one is lost (recorded case `prefix-append-escaped-pct`). */
function serverPath({ server: { path } }: Upstream): string {
  return escapePath(unescapePath(path) ?? path);
}

function isTcp(bound: AddressInfo | string | null): bound is AddressInfo {
  return bound !== null && typeof bound !== 'string';
}

function flagDefault(name: (typeof kubectlProxy)['flags'][number]['name']): string {
  return String(kubectlProxy.flags.find((flag) => flag.name === name)?.default);
}

function defaultFilter(): Filter {
  return createFilter({
    acceptPaths: flagDefault('accept-paths'),
    rejectPaths: flagDefault('reject-paths'),
    acceptHosts: flagDefault('accept-hosts'),
    rejectMethods: flagDefault('reject-methods'),
  });
}

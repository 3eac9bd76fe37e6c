/** The server of the site and of `/live/*`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createServer } from '../../proxies/kit/http/node-http.ts';
import { checkHost } from './live/guard.ts';
import type { Live } from './live/live.ts';
import { LiveError } from './live/live-error.ts';
import { setSecurityHeaders } from './security-headers.ts';
import type { BuiltSite } from './site/built-site.ts';
import { serveSite } from './site/serve-site.ts';

export interface ServerOptions {
  readonly site: BuiltSite;
  readonly live: Live;
  /** `localhost` listens on both loopback addresses. */
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Names that pages are served under, beside `localhost` and plain addresses. */
  readonly names?: readonly string[];
}

export interface SiteServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

const drainMs = 1_000;

/** Resolves when it listens; rejects with the system's error (`EADDRINUSE`), listening nowhere. */
export async function startServer(options: ServerOptions): Promise<SiteServer> {
  const { site, live, host } = options;
  const names = new Set((options.names ?? []).map((name) => name.toLowerCase()));
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (/^\/live(?:[/?]|$)/.test(request.url ?? '')) void live.handle(request, response);
    else servePage(site, names, request, response);
  };
  await using stack = new AsyncDisposableStack();
  const listen = async (address: string, port: number): Promise<number> => {
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, listener);
    server.maxConnections = 1024;
    server.listen(port, address);
    await once(server, 'listening');
    stack.defer(() => close(server));
    return (server.address() as AddressInfo).port;
  };
  const isLocal = host === 'localhost';
  const port = await listen(isLocal ? '127.0.0.1' : host, options.port);
  if (isLocal) await listen('::1', port).catch(ignoreMissingIpv6);
  const owned = stack.move();
  const authority = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${authority}:${port}`,
    port,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function servePage(
  site: BuiltSite,
  names: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  setSecurityHeaders(response);
  try {
    checkHost(request.headers.host, names);
    serveSite(site, request, response);
  } catch (error) {
    const status = error instanceof LiveError ? error.status : 500;
    const code = error instanceof LiveError ? error.code : 'internal';
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${code}\n`);
  }
}

function ignoreMissingIpv6(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error;
}

/** Stops listening, lets answers end for a moment, then cuts what is left. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(patience);
}

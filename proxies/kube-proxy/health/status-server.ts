/** A small HTTP server for those who look after the node: it answers, and takes nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../../kit/http/node-http.ts';
import { refuseUnreadable } from '../../kit/http/refuse-unreadable.ts';
import { trackConnections } from '../../kit/http/track-connections.ts';

export interface StatusAnswer {
  readonly status?: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a path, without its query; undefined: there is nothing. */
export type AnswerPath = (path: string) => StatusAnswer | undefined;

export interface StatusServer extends AsyncDisposable {
  /** As it was asked for, with the port that the system chose for 0. */
  readonly address: string;
}

export const plainText = 'text/plain; charset=utf-8';

const notFound: StatusAnswer = {
  status: 404,
  contentType: plainText,
  body: '404 page not found\n',
};

/**
 * @param address `127.0.0.1:10249`, `[::1]:0`; `0.0.0.0` and `[::]` stand for every address, as in Go.
 * @throws the system's error where it cannot be bound, or an Error where it is no address.
 */
export async function startStatusServer(
  address: string,
  answer: AnswerPath,
): Promise<StatusServer> {
  const { host, port } = splitAddress(address);
  const server = createServer((request, response) => respond(request, response, answer));
  const connections = trackConnections(server);
  refuseUnreadable(server);
  const { promise: listening, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  const isAny = host === '0.0.0.0' || host === '::' || host === '';
  server.listen({ port, ...(isAny ? {} : { host }) }, () => resolve(undefined));
  await listening;
  server.off('error', reject);
  server.on('error', () => undefined);
  const bound = (server.address() as AddressInfo).port;
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${bound}`,
    [Symbol.asyncDispose]: async () => {
      connections.end();
      await connections.closed();
    },
  };
}

function respond(request: IncomingMessage, response: ServerResponse, answer: AnswerPath): void {
  // What it may send is of no interest.
  request.resume();
  const [path = '/'] = (request.url ?? '/').split('?');
  const { status = 200, contentType, headers, body } = answer(path) ?? notFound;
  response.writeHead(status, {
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** @example splitAddress('[::1]:10249') // { host: '::1', port: 10249 } */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new Error(`${address}: not an address and a port`);
  return { host: bracketed ?? plain, port };
}

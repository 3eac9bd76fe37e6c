/** A small HTTP server for those who look after a proxy: it answers, and takes nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpointText } from './endpoint-text.ts';
import { createServer } from './node-http.ts';
import { refuseUnreadable } from './refuse-unreadable.ts';
import { trackConnections } from './track-connections.ts';
import { errorCode } from '../kubeconfig/errors.ts';

export interface StatusAnswer {
  readonly status?: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a path, without its query; undefined: there is nothing. */
export type AnswerPath = (path: string) => StatusAnswer | undefined;

/** The same, where what there is to say must be asked for first. */
export type AskForPath = (
  path: string,
) => StatusAnswer | undefined | Promise<StatusAnswer | undefined>;

export interface ListenAddress {
  /** Without brackets; null: every address of both families. */
  readonly host: string | null;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface StatusServer extends AsyncDisposable {
  readonly port: number;
}

export const plainText = 'text/plain; charset=utf-8';

const notFound: StatusAnswer = {
  status: 404,
  contentType: plainText,
  body: '404 page not found\n',
};

/** @throws the system's error, with Go's words for it, where the address is not to be had */
export async function startStatusServer(
  { host, port }: ListenAddress,
  answer: AskForPath,
): Promise<StatusServer> {
  const server = createServer((request, response) => void respond(request, response, answer));
  const connections = trackConnections(server);
  refuseUnreadable(server);
  const { promise: listening, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  // An IPv6 address is one of IPv6 alone, `::` also.
  server.listen({ port, ...(host === null ? {} : { host, ipv6Only: true }) }, () => {
    resolve(undefined);
  });
  await listening.catch((error: unknown) => {
    throw inGoWords(error, endpointText(host ?? '0.0.0.0', port));
  });
  server.off('error', reject);
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      connections.end();
      await connections.closed();
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AskForPath,
): Promise<void> {
  // What it may send is of no interest.
  request.resume();
  const [path = '/'] = (request.url ?? '/').split('?');
  const { status = 200, contentType, headers, body } = await answered(path, answer);
  // It is kept all the same: HTTP/1.1 needs no header for that, and Go sends none.
  response.removeHeader('Connection');
  response.writeHead(status, {
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function answered(path: string, answer: AskForPath): Promise<StatusAnswer> {
  try {
    return (await answer(path)) ?? notFound;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { status: 500, contentType: plainText, body: `${why}\n` };
  }
}

const problems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

function inGoWords(error: unknown, where: string): Error {
  const problem = problems[errorCode(error)] ?? String(error);
  return new Error(`listen tcp ${where}: bind: ${problem}`, { cause: error });
}

/** How the oracle upstream writes: whole answers, chunks, and the end of a connection. */
import { once } from 'node:events';
import type { OracleConnection, SeenRequest } from './oracle-upstream.ts';

/** Whether the connection stays open for another request. */
export type Answer = (exchange: Exchange) => Promise<boolean> | boolean;

export interface Exchange {
  readonly connection: OracleConnection;
  readonly seen: SeenRequest;
  readonly method: string;
  readonly target: string;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Response {
  readonly status?: number;
  readonly reason?: string;
  readonly body?: string;
  readonly type?: string | null;
  readonly extra?: readonly (readonly [string, string])[];
  readonly hasLength?: boolean;
}

const close = ['Connection', 'close'] as const;
/** Headers of an answer after which the connection is closed. */
export const closing = [close];

export function reply(exchange: Exchange, response: Response): boolean {
  const { status = 200, body = '', extra = [] } = response;
  const hasBody = exchange.method !== 'HEAD' && status !== 204 && status !== 304;
  return raw(exchange, head(exchange, response) + (hasBody ? body : ''), !extra.includes(close));
}

export function head({ connection }: Exchange, response: Response): string {
  const { status = 200, reason = 'Oracle', body = '', type = 'text/plain', extra = [] } = response;
  const hasLength = (response.hasLength ?? true) && status !== 204 && status !== 304;
  return [
    `HTTP/1.1 ${status} ${reason}`,
    ...(type === null ? [] : [`Content-Type: ${type}`]),
    ...(hasLength ? [`Content-Length: ${body.length}`] : []),
    `X-Upstream: ${connection.isTls ? 'tls' : 'plain'}`,
    `X-Client-Cert: ${connection.clientCertificate ?? 'none'}`,
    ...extra.map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
}

export function startChunks(
  exchange: Exchange,
  type = 'text/plain',
  extra: Response['extra'] = [],
): void {
  const framed = [['Transfer-Encoding', 'chunked'], ...extra] as const;
  raw(exchange, head(exchange, { type, extra: framed, hasLength: false }), true);
}

export function chunk(data: string): string {
  return `${data.length.toString(16)}\r\n${data}\r\n`;
}

/** Sends bytes as they are, and hands back whether the connection stays: so an answer can end with it. */
export function raw({ connection }: Exchange, bytes: string, isKept: boolean): boolean {
  connection.socket.write(bytes, 'latin1');
  return isKept;
}

/** A clean end: close_notify where there is TLS, then FIN. */
export async function finish({
  connection: { socket },
}: Pick<Exchange, 'connection'>): Promise<boolean> {
  if (socket.destroyed) return false;
  const finished = once(socket, 'finish').catch(() => undefined);
  socket.end();
  await finished;
  return false;
}

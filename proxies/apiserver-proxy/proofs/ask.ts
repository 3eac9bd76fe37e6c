/** One request to an apiserver, over HTTPS: on a connection of its own, or on one that is kept. */
import { type Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly server: string;
  readonly caPem: string;
  /** Absent: nobody. */
  readonly token?: string;
}

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AskedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `TLSv1.3` */
  readonly tlsVersion: string;
}

/** @throws the connection's error; the signal's reason when it is aborted */
export async function ask(
  { server, caPem, token }: Asked,
  { method = 'GET', path, headers = {} }: Question,
  signal: AbortSignal,
  agent?: Agent,
): Promise<AskedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<AskedAnswer>();
  const { hostname, port } = new URL(server);
  const sent = httpsRequest({
    host: hostname,
    port,
    method,
    path,
    ca: caPem,
    agent: agent ?? false,
    signal,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
  });
  sent.once('error', reject);
  sent.once('response', (response) => {
    const { socket, statusCode = 0 } = response;
    const tlsVersion = socket instanceof TLSSocket ? (socket.getProtocol() ?? '') : '';
    text(response).then(
      (body) => resolve({ status: statusCode, headers: response.headers, body, tlsVersion }),
      reject,
    );
  });
  sent.end();
  return promise;
}

/** The message of a `metav1.Status`; empty where it is something else. */
export function messageOf({ body }: Pick<AskedAnswer, 'body'>): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed)) return '';
    return typeof parsed.message === 'string' ? parsed.message : '';
  } catch {
    return '';
  }
}

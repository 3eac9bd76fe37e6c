/** An HTTP/2 client of an apiserver, as client-go is one: few connections, many streams. */
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { token } from './processes.ts';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** From the request to the last byte of the answer. */
  readonly ms: number;
}

export async function openSession(address: string): Promise<ClientHttp2Session> {
  const session = connect(`https://${address}`, {
    rejectUnauthorized: false,
    settings: { initialWindowSize: 4 * 1024 * 1024 },
  });
  await once(session, 'connect');
  session.setLocalWindowSize(64 * 1024 * 1024);
  return session;
}

export function open(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  return session.request({ ':path': path, authorization: `Bearer ${token}`, ...headers });
}

export async function send(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  const startedAt = performance.now();
  const stream = open(session, path, headers);
  if (body !== undefined) stream.end(body);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const answered = once(stream, 'response') as Promise<[Readonly<Record<string, unknown>>]>;
  const ended = once(stream, 'end');
  const [head] = await answered;
  await ended;
  const ms = performance.now() - startedAt;
  return { status: Number(head[':status']), body: Buffer.concat(chunks), ms };
}

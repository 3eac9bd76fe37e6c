/** The administrator's plain connections to the load balancer, for tests that look at what is on the wire. */
import { once } from 'node:events';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
} from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ApiConnection } from '../../../proxies/kit/api/api-client.ts';

/** With the windows of a client that says nothing about them, or wide ones. */
export async function openHttp2(
  { server, caPem: ca, certPem: cert = '', keyPem: key = '' }: ApiConnection,
  windowBytes?: number,
): Promise<ClientHttp2Session> {
  const settings = windowBytes === undefined ? {} : { initialWindowSize: windowBytes };
  const session = connectHttp2(server, { ca, cert, key, settings });
  session.on('error', () => undefined);
  await once(session, 'connect');
  if (windowBytes !== undefined) session.setLocalWindowSize(windowBytes);
  return session;
}

/** Resolves when it is answered; nothing of the body is read yet. @throws Error when it is refused. */
export async function getOverHttp2(
  session: ClientHttp2Session,
  path: string,
): Promise<ClientHttp2Stream> {
  const stream = session.request({ ':path': path });
  stream.on('error', () => undefined);
  const [headers] = (await once(stream, 'response')) as [{ readonly ':status'?: number }];
  if (headers[':status'] !== 200) throw new Error(`${path} answers ${headers[':status'] ?? 0}`);
  return stream;
}

/**
 * The same over HTTP/1.1; paused as soon as its head is there. The connection ends with the answer, also where
 * the rest of it is read so soon that it could be kept for another request.
 */
export async function getOverHttp1(
  { server, caPem: ca, certPem: cert = '', keyPem: key = '' }: ApiConnection,
  path: string,
): Promise<TLSSocket> {
  const { hostname: host, port } = new URL(server);
  const socket = connectTls({
    host,
    port: Number(port),
    ca,
    cert,
    key,
    ALPNProtocols: ['http/1.1'],
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  if (!head.toString().startsWith('HTTP/1.1 200 OK\r\n')) throw new Error(head.toString());
  return socket;
}

/** Reads all that is left; resolves when it has ended. */
export async function readRest(stream: ClientHttp2Stream | TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(stream, 'close');
  stream.resume();
  if (!stream.closed) await ended;
  return Buffer.concat(chunks).toString();
}

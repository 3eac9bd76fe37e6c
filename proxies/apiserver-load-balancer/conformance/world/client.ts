/** What a client does, in the network namespace of this process. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Credential } from '../../../kit/pki/authority.ts';
import type { WhoAmI } from './backend-requests.ts';
import { serverName } from './places.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly authorityPem: string;
  readonly client: Credential;
}

/** One new connection with one request. `failed`: the error's code. */
export type Asked =
  | { readonly is: 'answered'; readonly who: WhoAmI; readonly fingerprint: string }
  | { readonly is: 'failed'; readonly code: string };

export interface AskOptions {
  readonly localPort?: number;
  readonly timeoutMs?: number;
}

/** A stream with whoever it leads to, for as long as both like. */
export interface Held extends Disposable {
  readonly backend: string;
  readonly socket: Socket;
  /** What ends it: `end`, or the error's code. */
  readonly ended: Promise<string>;
  /** Null while it lives. */
  readonly end: () => string | null;
  /** What has come since the greeting. */
  readonly received: () => number;
}

/** Over HTTP/1.1. */
export async function ask(target: Target, { timeoutMs = 30_000 }: AskOptions = {}): Promise<Asked> {
  try {
    const socket = await secure(target, ['http/1.1'], timeoutMs);
    try {
      const fingerprint = socket.getPeerCertificate().fingerprint256;
      const response = await get(socket, '/whoami', timeoutMs);
      return { is: 'answered', who: JSON.parse(await textOf(response)) as WhoAmI, fingerprint };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    return { is: 'failed', code: codeOf(error) };
  }
}

/** The same, over HTTP/2. */
export async function askHttp2(target: Target): Promise<WhoAmI> {
  const session = connectHttp2(`https://${serverName}`, {
    createConnection: () => connectTls({ ...tlsOptions(target), ALPNProtocols: ['h2'] }),
  });
  try {
    const stream = session.request({ ':path': '/whoami' });
    stream.setEncoding('utf8');
    let text = '';
    stream.on('data', (data: string) => (text += data));
    await once(stream, 'end');
    return JSON.parse(text) as WhoAmI;
  } finally {
    session.destroy();
  }
}

/** A watch over HTTP/1.1, that has begun. */
export async function watch(target: Target, timeoutMs = 30_000): Promise<Held> {
  const socket = await secure(target, ['http/1.1'], timeoutMs);
  const response = await get(socket, '/watch', timeoutMs);
  const first = Promise.withResolvers<string>();
  let received = 0;
  response.on('data', (chunk: Buffer) => {
    if (received === 0) first.resolve(chunk.toString());
    received += chunk.length;
  });
  response.on('error', first.reject);
  const { name } = JSON.parse(await first.promise) as WhoAmI;
  const greeted = received;
  return hold(socket, name, () => received - greeted);
}

/** An upgraded connection whose backend echoes. */
export async function upgrade(target: Target, protocol: string): Promise<Held> {
  const asked = request({
    ...plainAgent(await secure(target, ['http/1.1'], 30_000)),
    headers: { connection: 'Upgrade', upgrade: protocol },
  });
  asked.end();
  const [response, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  return hold(socket, String(response.headers['x-backend']), () => received);
}

/** A connection in the clear, greeted by its backend; `verb` as in `backend-agent.ts`. */
export async function raw(target: Pick<Target, 'host' | 'port'>, verb: string): Promise<Held> {
  const socket = connect({ ...addressOf(target), allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  socket.write(`${verb}\n`);
  let greeting = '';
  while (!greeting.includes('\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    greeting += chunk.toString('latin1');
    socket.pause();
  }
  const end = greeting.indexOf('\n') + 1;
  if (end < greeting.length) socket.unshift(Buffer.from(greeting.slice(end), 'latin1'));
  const { name } = JSON.parse(greeting.slice(0, end)) as { name: string };
  // Flows once somebody listens.
  setImmediate(() => socket.resume());
  return hold(socket, name, () => socket.bytesRead - end);
}

export async function secure(
  target: Target,
  protocols: readonly string[],
  timeoutMs: number,
): Promise<TLSSocket> {
  const socket = connectTls({ ...tlsOptions(target), ALPNProtocols: [...protocols] });
  const late = setTimeout(() => socket.destroy(withCode('ETIMEDOUT')), timeoutMs);
  socket.on('error', () => undefined);
  const over = Promise.withResolvers<never>();
  socket.once('close', () => over.reject(withCode('closed')));
  over.promise.catch(() => undefined);
  try {
    await Promise.race([once(socket, 'secureConnect'), over.promise]);
    return socket;
  } finally {
    clearTimeout(late);
  }
}

export function get(socket: TLSSocket, path: string, timeoutMs = 30_000): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...plainAgent(socket), path }, (response) => {
      // A watch may be silent.
      asked.setTimeout(0);
      resolve(response);
    });
    asked.setTimeout(timeoutMs, () => asked.destroy(withCode('ETIMEDOUT')));
    asked.once('error', reject);
    asked.end();
  });
}

export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return text;
}

function hold(socket: Socket, backend: string, received: () => number): Held {
  let end: string | null = null;
  const over = Promise.withResolvers<string>();
  const finish = (how: string) => {
    end ??= how;
    over.resolve(end);
  };
  socket.on('error', (error) => finish(codeOf(error)));
  socket.on('end', () => finish('end'));
  socket.on('close', () => finish('end'));
  return {
    ...{ backend, socket, received },
    ended: over.promise,
    end: () => end,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** A request on a connection that is there already. */
function plainAgent(socket: TLSSocket) {
  return { createConnection: () => socket, host: serverName };
}

function tlsOptions(target: Target): ConnectionOptions {
  return {
    ...addressOf(target),
    ca: target.authorityPem,
    cert: target.client.certificatePem,
    key: target.client.keyPem,
    servername: serverName,
  };
}

function addressOf({ host, port }: Pick<Target, 'host' | 'port'>) {
  return { host, port };
}

export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** What a client of apiservers does, as kubectl would: requests, watches and `exec`, each on a connection of its own. */
import { on, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';

/** Whom a client connects to, and as whom. PEM texts. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
  readonly token?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  /** The name to ask for in the handshake; absent: the host. */
  readonly serverName?: string;
  /** The address to connect from; absent: the system chooses. */
  readonly localAddress?: string;
}

export interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  readonly body: string;
  /** Of the certificate that the other side showed, as Node writes it: `AB:CD:…`; empty where there was none. */
  readonly fingerprint256: string;
  /** Our own end, `192.0.2.10:34567`; empty where there was none. */
  readonly local: string;
  /** Why there was no answer: `ECONNREFUSED`. */
  readonly cause: string;
}

/** Resolves when the whole answer is there, or there will be none. */
export async function get(place: Place, path: string, timeoutMs: number): Promise<Answer> {
  const seen = { local: '', fingerprint256: '' };
  try {
    const response = await begin(place, path, AbortSignal.timeout(timeoutMs), seen);
    return { status: response.statusCode ?? 0, body: await text(response), ...seen, cause: '' };
  } catch (error) {
    return { status: 0, body: '', ...seen, cause: causeOf(error) };
  }
}

export interface Watch extends Disposable {
  /** Our own end. */
  readonly local: string;
  /** The name of the object that the next event is about. Rejects when none comes. */
  next(timeoutMs: number): Promise<string>;
  /** Resolves with why it ended; `closed` where the other side said so in peace. */
  readonly ended: Promise<string>;
}

/**
 * Watches; events that come before anybody asks are kept.
 *
 * @throws Error where it does not begin
 */
export async function watch(place: Place, path: string, timeoutMs: number): Promise<Watch> {
  const seen = { local: '', fingerprint256: '' };
  const beginning = new AbortController();
  const timer = setTimeout(() => beginning.abort(), timeoutMs);
  const response = await begin(place, path, beginning.signal, seen);
  clearTimeout(timer);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`HTTP ${response.statusCode ?? 0}`);
  }
  const ended = new Promise<string>((resolve) => {
    response.once('error', (error) => resolve(causeOf(error)));
    response.once('close', () => resolve('closed'));
  });
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  return {
    local: seen.local,
    ended,
    next: async (patienceMs) => {
      const line = await Promise.race([
        lines.next().then(({ value }) => value),
        ended.then(() => undefined),
        late(patienceMs),
      ]);
      if (line === undefined)
        throw new Error((await Promise.race([ended, late(0)])) ?? 'ETIMEDOUT');
      return nameIn(line);
    },
    [Symbol.dispose]: () => void response.destroy(),
  };
}

export interface Said {
  /** Empty where the command said nothing. */
  readonly said: string;
  readonly local: string;
  readonly cause: string;
}

/** Upgrades to a WebSocket, as `kubectl exec` does, and takes the first that the command says. */
export async function exec(place: Place, path: string, timeoutMs: number): Promise<Said> {
  const { host, port, caPem: ca, certPem: cert, keyPem: key, token } = place;
  const socket = new WebSocket(
    `wss://${host.includes(':') ? `[${host}]` : host}:${port}${path}`,
    ['v5.channel.k8s.io'],
    {
      ca,
      ...(cert !== undefined && { cert, key }),
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
      handshakeTimeout: timeoutMs,
    },
  );
  let local = '';
  socket.once('upgrade', (response) => (local = endOf(response.socket)));
  try {
    const messages = on(socket, 'message', {
      close: ['close'],
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const [message] of messages as AsyncIterable<[Buffer]>) {
      // The first byte is the stream: 1 is what the command writes. It may begin with nothing.
      const said = message.subarray(1).toString().trim();
      if (message[0] === 1 && said !== '') return { said, local, cause: '' };
    }
    return { said: '', local, cause: 'closed' };
  } catch (error) {
    return { said: '', local, cause: causeOf(error) };
  } finally {
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

/** Sends a request on a connection of its own; resolves when its answer begins. */
async function begin(
  place: Place,
  path: string,
  signal: AbortSignal,
  seen: { local: string; fingerprint256: string },
): Promise<IncomingMessage> {
  const { host, port, caPem, token, certPem, keyPem, serverName, localAddress } = place;
  const sent = httpsRequest({
    host,
    port,
    path,
    ca: caPem,
    agent: false,
    signal,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    ...(certPem !== undefined && { cert: certPem, key: keyPem }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(localAddress !== undefined && { localAddress }),
  });
  sent.once('socket', (socket) => {
    if (!(socket instanceof TLSSocket)) return;
    socket.once('secureConnect', () => {
      seen.local = endOf(socket);
      seen.fingerprint256 = socket.getPeerCertificate().fingerprint256;
    });
  });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => undefined); // Told by the response, too.
  return response;
}

function endOf({ localAddress = '', localPort = 0 }: IncomingMessage['socket']): string {
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/** The name of the object of an event of a watch. */
function nameIn(line: string): string {
  const event = JSON.parse(line) as { object?: { metadata?: { name?: string } } };
  return event.object?.metadata?.name ?? '';
}

/** The system's code, or that of OpenSSL, or what there is to say. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'ETIMEDOUT';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function late(afterMs: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, afterMs, undefined).unref());
}

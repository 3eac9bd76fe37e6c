/** Exec and attach over a WebSocket: the first byte of a message says which stream it is of. */
import type { IncomingMessage } from 'node:http';
import { PassThrough, Writable, type Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { outcomeText, type RemoteCommand, type WantedStreams } from './remote-command.ts';
import type { TerminalSize } from './process-streams.ts';
import { ended, nothing, nowhere } from './spdy-remote-command.ts';
import { readSize } from './terminal-sizes.ts';
import { offeredProtocols, switchToWebSocket } from './websocket-upgrade.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

interface Protocol {
  readonly isBase64: boolean;
  /** Whether the outcome is a `metav1.Status`. */
  readonly hasStatus: boolean;
}

/** By subprotocol, as the kubelet and the apiserver speak them. */
const protocols: Readonly<Record<string, Protocol>> = {
  '': { isBase64: false, hasStatus: false },
  'channel.k8s.io': { isBase64: false, hasStatus: false },
  'base64.channel.k8s.io': { isBase64: true, hasStatus: false },
  'v4.channel.k8s.io': { isBase64: false, hasStatus: true },
  'v4.base64.channel.k8s.io': { isBase64: true, hasStatus: true },
  'v5.channel.k8s.io': { isBase64: false, hasStatus: true },
};

/** Switches; the streams are there at once. @throws HttpProblem 400 */
export async function acceptWebSocketCommand(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  wanted: WantedStreams,
): Promise<RemoteCommand> {
  const name = offeredProtocols(request).find((one) => protocols[one] !== undefined) ?? '';
  const protocol = protocols[name] ?? { isBase64: false, hasStatus: false };
  const webSocket = await switchToWebSocket(request, socket, head, name);
  const gone = new AbortController();
  const stdin = wanted.stdin ? new PassThrough() : nothing();
  const sizes: TerminalSize[] = [];
  let onSize = (size: TerminalSize): void => {
    sizes.push(size);
  };

  webSocket.on('message', (message) => {
    const [from, payload] = read(message, protocol.isBase64);
    if (from === channel.stdin && wanted.stdin && !stdin.writableEnded) {
      if (payload.length > 0 && !stdin.write(payload)) {
        webSocket.pause();
        stdin.once('drain', () => webSocket.resume());
      }
    } else if (from === channel.resize) {
      readSize(payload.toString(), onSize);
    } else if (from === channel.close && payload[0] === channel.stdin) {
      // Since v5 a client can end its input without hanging up.
      stdin.end();
    }
  });
  webSocket.once('close', () => {
    stdin.end();
    gone.abort();
  });

  const output = (to: number) =>
    new Writable({ write: (chunk: Buffer, _, done) => send(to, chunk, done) });
  const send = (to: number, payload: Buffer, done: (error?: Error | null) => void) => {
    if (webSocket.readyState !== webSocket.OPEN) {
      done();
      return;
    }
    webSocket.send(...frame(to, payload, protocol.isBase64), () => done());
  };
  const stdout = wanted.stdout ? output(channel.stdout) : nowhere();
  const stderr = wanted.stderr ? output(channel.stderr) : wanted.tty ? stdout : nowhere();
  await settled(webSocket);
  // An empty message tells the client that it is connected.
  const first = wanted.stdout ? channel.stdout : wanted.stderr ? channel.stderr : channel.error;
  send(first, Buffer.alloc(0), () => undefined);

  return {
    streams: {
      stdin,
      stdout,
      stderr,
      isTerminal: wanted.tty,
      onResize: (listener) => {
        onSize = listener;
        for (const size of sizes.splice(0)) listener(size);
      },
      signal: gone.signal,
    },
    finish: async (outcome) => {
      await Promise.all([ended(stdout), ended(stderr)]);
      const text = outcomeText(outcome, protocol.hasStatus);
      if (text !== '') {
        await new Promise<void>((resolve) => {
          send(channel.error, Buffer.from(text), () => resolve());
        });
      }
      await closed(webSocket);
    },
  };
}

/**
 * kubectl's WebSocket client starts to read before it has made its streams, and drops what comes too
 * early: a PONG says that it reads, and a moment later it is ready.
 */
async function settled(webSocket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = () => resolve(undefined);
  webSocket.once('pong', () => setTimeout(done, settleMs));
  webSocket.once('close', done);
  const timer = setTimeout(done, longestSettleMs);
  webSocket.ping();
  await promise;
  clearTimeout(timer);
}

const settleMs = 10;
const longestSettleMs = 1000;

function read(message: RawData, isBase64: boolean): readonly [number, Buffer] {
  const bytes = Buffer.isBuffer(message)
    ? message
    : Array.isArray(message)
      ? Buffer.concat(message)
      : Buffer.from(message);
  if (!isBase64) return [bytes[0] ?? -1, bytes.subarray(1)];
  // Channels are digits there, and the payload is base64 text.
  return [(bytes[0] ?? 0) - 48, Buffer.from(bytes.toString('latin1', 1), 'base64')];
}

function frame(
  to: number,
  payload: Buffer,
  isBase64: boolean,
): readonly [Buffer | string, { readonly binary: boolean }] {
  if (isBase64) return [`${to}${payload.toString('base64')}`, { binary: false }];
  return [Buffer.concat([Buffer.from([to]), payload]), { binary: true }];
}

async function closed(webSocket: WebSocket): Promise<void> {
  if (webSocket.readyState === webSocket.CLOSED) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  webSocket.once('close', () => resolve(undefined));
  webSocket.close(1000);
  await promise;
}

/** Exec and attach over SPDY: a stream each for input, output, errors, the outcome and sizes. */
import type { IncomingMessage } from 'node:http';
import { PassThrough, Writable, type Duplex } from 'node:stream';
import { outcomeText, type RemoteCommand, type WantedStreams } from './remote-command.ts';
import { negotiate, switchToSpdy } from './spdy-upgrade.ts';
import { serveSpdy } from './spdy/spdy-session.ts';
import type { SpdyStream } from './spdy/spdy-stream.ts';
import { readSizes } from './terminal-sizes.ts';

const protocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];
const withSizes = new Set(protocols.slice(0, 3));
const withStatus = new Set(protocols.slice(0, 2));
const streamCreationTimeoutMs = 30_000;

/** Switches, and resolves when the client has opened its streams. */
export async function acceptSpdyCommand(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  wanted: WantedStreams,
): Promise<RemoteCommand> {
  const protocol = negotiate(request, protocols) || 'channel.k8s.io';
  const names = [
    'error',
    ...(wanted.stdin ? ['stdin'] : []),
    ...(wanted.stdout ? ['stdout'] : []),
    ...(wanted.stderr ? ['stderr'] : []),
    ...(wanted.tty && withSizes.has(protocol) ? ['resize'] : []),
  ];
  switchToSpdy(socket, protocol);
  const streams = new Map<string, SpdyStream>();
  const complete = Promise.withResolvers<undefined>();
  const session = serveSpdy(socket, head, (stream) => {
    const type = (stream.headers.streamtype ?? '').toLowerCase();
    streams.set(type, stream);
    if (names.every((name) => streams.has(name))) complete.resolve(undefined);
  });
  const gone = new AbortController();
  void session.closed.then(() => {
    gone.abort();
    complete.reject(new Error('the client has gone'));
  });
  const timer = setTimeout(() => {
    complete.reject(new Error('timed out waiting for client to create streams'));
    session.close();
  }, streamCreationTimeoutMs);
  try {
    await complete.promise;
  } finally {
    clearTimeout(timer);
  }

  const stdout = streams.get('stdout') ?? nowhere();
  const stderr = streams.get('stderr') ?? (wanted.tty ? stdout : nowhere());
  const errors = streams.get('error');
  return {
    streams: {
      stdin: streams.get('stdin') ?? nothing(),
      stdout,
      stderr,
      isTerminal: wanted.tty,
      onResize: (listener) => {
        const sizes = streams.get('resize');
        if (sizes) readSizes(sizes, listener);
      },
      signal: gone.signal,
    },
    finish: async (outcome) => {
      await Promise.all([ended(stdout), ended(stderr)]);
      const text = outcomeText(outcome, withStatus.has(protocol));
      if (text !== '') errors?.write(text);
      if (errors) await ended(errors);
      session.close();
      await session.closed;
    },
  };
}

/** Resolves when all is written, or nobody is there to read it. */
export async function ended(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableFinished) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  stream.once('close', () => resolve(undefined));
  stream.end(() => resolve(undefined));
  await promise;
}

export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

export function nothing(): PassThrough {
  const empty = new PassThrough();
  empty.end();
  return empty;
}

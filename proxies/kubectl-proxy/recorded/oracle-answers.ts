/** What the oracle upstream answers: an echo of the request, or what the path's last segment names. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodies } from './oracle-bodies.ts';
import type { OracleConnection, SeenRequest } from './oracle-upstream.ts';
import { ConnectionGone } from './wire-reader.ts';

/** Whether the connection stays open for another request. */
type Answer = (exchange: Exchange) => Promise<boolean> | boolean;

interface Exchange {
  readonly connection: OracleConnection;
  readonly seen: SeenRequest;
  readonly method: string;
  readonly target: string;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

interface Response {
  readonly status?: number;
  readonly reason?: string;
  readonly body?: string;
  readonly type?: string | null;
  readonly extra?: readonly (readonly [string, string])[];
  readonly hasLength?: boolean;
}

/** Reads the request's body and answers. @throws ConnectionGone */
export async function answer(connection: OracleConnection, seen: SeenRequest): Promise<boolean> {
  const lines = seen.raw.split('\r\n');
  const [method = '', target = ''] = (lines[0] ?? '').split(' ');
  const headers = parseHeaders(lines.slice(1));
  const name = /([^/]*)\/*$/.exec(target.split('?')[0] ?? '')?.[1] ?? '';
  const exchange: Exchange = { connection, seen, method, target, headers };

  if (name === 'early-response')
    return reply(exchange, { status: 413, body: 'too large\n', extra: close });
  if (/100-continue/i.test(headers.get('expect') ?? '')) {
    if (name === 'expectfail') return reply(exchange, { status: 417, body: 'no\n', extra: close });
    connection.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  }
  await readBody(exchange);

  const status = /^status-(\d+)$/.exec(name)?.[1];
  if (status) return answerStatus(exchange, Number(status));
  const isUpgrade = /upgrade/i.test(headers.get('connection') ?? '');
  if (isUpgrade && tunnels.includes(name)) return tunnel(exchange, name === 'wsgreet');
  return (answers[name] ?? echo)(exchange);
}

const close = [['Connection', 'close']] as const;
const tunnels = ['ws', 'exec', 'attach', 'portforward', 'wsgreet'];
const json = 'application/json';

const echo: Answer = (exchange) => reply(exchange, { body: exchange.seen.raw });

const answers: Readonly<Record<string, Answer>> = {
  reason: (exchange) => reply(exchange, { body: 'ok\n', reason: 'Fine By Me' }),
  noreason: (exchange) => raw(exchange, 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nok\n', true),
  early: (exchange) => {
    raw(exchange, 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n', true);
    return reply(exchange, { body: 'after hints\n' });
  },
  chunked: async (exchange) => {
    startChunks(exchange);
    for (const line of ['one\n', 'two\n', 'three\n']) {
      raw(exchange, chunk(line), true);
      await sleep(300);
    }
    return raw(exchange, '0\r\n\r\n', true);
  },
  trailers: (exchange) => {
    startChunks(exchange, 'text/plain', [['Trailer', 'X-Announced']]);
    return raw(
      exchange,
      `${chunk('body\n')}0\r\nX-Announced: yes\r\nX-Surprise: also\r\n\r\n`,
      true,
    );
  },
  slowcl: async (exchange) => {
    raw(exchange, head(exchange, { body: 'x'.repeat(15) }), true);
    for (const part of ['aaaaa', 'bbbbb', 'ccccc']) {
      raw(exchange, part, true);
      await sleep(150);
    }
    return true;
  },
  watch: async (exchange) => {
    startChunks(exchange, json);
    for (let n = 0; n < 150; n++) {
      raw(exchange, chunk(`{"type":"ADDED","object":{"n":${n}}}\n`), true);
      if (await exchange.connection.reader.isGoneWithin(200)) break;
    }
    exchange.connection.note('watch-client-gone', 'yes');
    return false;
  },
  events: async (exchange) => {
    startChunks(exchange, 'text/event-stream');
    for (const n of [0, 1, 2]) {
      raw(exchange, chunk(`data: ${n}\n\n`), true);
      await sleep(100);
    }
    return raw(exchange, '0\r\n\r\n', true);
  },
  closedelim: async (exchange) => {
    reply(exchange, { body: 'until the end\n', hasLength: false, extra: close });
    return finish(exchange);
  },
  http10: async (exchange) => {
    raw(exchange, 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold\n', false);
    return finish(exchange);
  },
  redirect: (exchange) =>
    reply(exchange, { status: 302, body: 'moved\n', extra: [['Location', '/elsewhere?x=1']] }),
  redirect307: (exchange) => {
    const { isTls, port } = exchange.connection;
    const location = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/elsewhere`;
    return reply(exchange, { status: 307, extra: [['Location', location]] });
  },
  html: (exchange) => reply(exchange, { body: bodies.html, type: 'text/html; charset=utf-8' }),
  cors: (exchange) =>
    reply(exchange, {
      body: 'cors\n',
      extra: [
        ['Access-Control-Allow-Origin', 'https://example.com'],
        ['Access-Control-Allow-Credentials', 'true'],
        ['Access-Control-Expose-Headers', 'X-A, X-B'],
        ['Vary', 'Origin'],
      ],
    }),
  gzip: (exchange) =>
    reply(exchange, {
      body: bodies.gzip,
      type: json,
      extra: [
        ['Content-Encoding', 'gzip'],
        ['ETag', '"gz"'],
      ],
    }),
  gzipauto: (exchange) => reply(exchange, gzipIfAsked(exchange)),
  gzipchunked: (exchange) => {
    const response = gzipIfAsked(exchange);
    if (exchange.method === 'HEAD') return reply(exchange, response);
    startChunks(exchange, json, response.extra);
    return raw(exchange, `${chunk(response.body ?? '')}0\r\n\r\n`, true);
  },
  big: (exchange) => reply(exchange, { body: bodies.big }),
  bigchunked: (exchange) => {
    startChunks(exchange);
    for (let start = 0; start < bodies.big.length; start += 32_768)
      raw(exchange, chunk(bodies.big.slice(start, start + 32_768)), true);
    return raw(exchange, '0\r\n\r\n', true);
  },
  bigheader: (exchange) =>
    reply(exchange, { body: 'ok\n', extra: [['X-Big', 'b'.repeat(32_768)]] }),
  hugeheader: (exchange) =>
    reply(exchange, { body: 'ok\n', extra: [['X-Big', 'b'.repeat(2 << 20)]] }),
  hop: (exchange) =>
    reply(exchange, {
      body: 'hop\n',
      extra: [
        ['Connection', 'X-Named, keep-alive'],
        ['X-Named', 'gone?'],
        ['Keep-Alive', 'timeout=5'],
        ['Proxy-Authenticate', 'Basic'],
        ['Proxy-Connection', 'keep-alive'],
        ['Upgrade', 'h2c'],
        ['Te', 'trailers'],
        ['Trailer', 'X-T'],
        ['X-Kept', 'yes'],
      ],
    }),
  dup: (exchange) => raw(exchange, bodies.oddHeaders, true),
  date: (exchange) =>
    reply(exchange, {
      body: 'dated\n',
      type: 'application/vnd.x',
      extra: [
        ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
        ['Server', 'oracle'],
        ['Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT'],
        ['ETag', 'W/"1"'],
      ],
    }),
  noct: (exchange) => reply(exchange, { body: '<html><body>sniff me</body></html>\n', type: null }),
  'noct-empty': (exchange) => reply(exchange, { type: null }),
  nosniff: (exchange) =>
    reply(exchange, {
      body: '<html></html>\n',
      type: null,
      extra: [['X-Content-Type-Options', 'nosniff']],
    }),
  abort: finish,
  abortfin: ({ connection }) => {
    connection.transport.end();
    return false;
  },
  abortrst: ({ connection }) => {
    connection.transport.resetAndDestroy();
    return false;
  },
  'abort-mid': (exchange) => abortMid(exchange, 100),
  'abort-mid-late': (exchange) => abortMid(exchange, 600),
  'abort-chunked': async (exchange) => {
    startChunks(exchange);
    raw(exchange, chunk('only\n'), false);
    await sleep(100);
    return finish(exchange);
  },
  'abort-headers': (exchange) => {
    raw(exchange, 'HTTP/1.1 200 OK\r\nContent-Type: text/pl', false);
    return finish(exchange);
  },
  garbage: (exchange) => {
    raw(exchange, 'SSH-2.0-OpenSSH_9.2 this is not HTTP\r\n\r\n', false);
    return finish(exchange);
  },
  badheader: (exchange) =>
    raw(
      exchange,
      'HTTP/1.1 200 OK\r\nthis line has no colon\r\nContent-Length: 3\r\n\r\nok\n',
      false,
    ),
  badlength: (exchange) =>
    raw(exchange, 'HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\nok\n', false),
  twolengths: (exchange) =>
    raw(exchange, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nok\n\n', false),
  toolong: async (exchange) => {
    const start = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n';
    raw(exchange, `${start}ok\nEXTRA`, false);
    await sleep(100);
    return false;
  },
  sleep: async (exchange) => {
    if (!(await exchange.connection.reader.isGoneWithin(2000)))
      return reply(exchange, { body: 'slept\n' });
    exchange.connection.note('client-gone', exchange.target);
    return false;
  },
  wsdeny: (exchange) => reply(exchange, { status: 403, body: bodies.status(403), type: json }),
  ws401: (exchange) => reply(exchange, { status: 401, body: bodies.status(401), type: json }),
  wsbig: (exchange) => reply(exchange, { status: 403, body: 'd'.repeat(65_536) }),
  ws200: (exchange) => reply(exchange, { body: 'no upgrade here\n' }),
  ws302: (exchange) => reply(exchange, { status: 302, extra: [['Location', '/ws']] }),
};

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const before = headers.get(name);
    const value = line.slice(colon + 1).trim();
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

async function readBody({ connection, seen, headers, target }: Exchange): Promise<void> {
  const { reader } = connection;
  try {
    if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
      for (let size = -1; size !== 0;) {
        const line = await reader.takeUntil('\r\n');
        seen.raw += line;
        size = Number.parseInt(line, 16) || 0;
        if (size > 0) seen.raw += await reader.takeBytes(size + 2);
      }
      for (let line = ''; line !== '\r\n'; seen.raw += line) line = await reader.takeUntil('\r\n');
    } else seen.raw += await reader.takeBytes(Number(headers.get('content-length') ?? 0));
  } catch (error) {
    if (!(error instanceof ConnectionGone)) throw error;
    seen.raw += reader.buffered;
    seen.truncated = true;
    connection.note('request-body-truncated', target);
    throw error;
  }
}

function head({ connection }: Exchange, response: Response): string {
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

function reply(exchange: Exchange, response: Response): boolean {
  const { status = 200, body = '', extra = [] } = response;
  const hasBody = exchange.method !== 'HEAD' && status !== 204 && status !== 304;
  return raw(exchange, head(exchange, response) + (hasBody ? body : ''), !extra.includes(close[0]));
}

function raw({ connection }: Exchange, bytes: string, isKept: boolean): boolean {
  connection.socket.write(bytes, 'latin1');
  return isKept;
}

function startChunks(exchange: Exchange, type = 'text/plain', extra: Response['extra'] = []): void {
  const framed = [['Transfer-Encoding', 'chunked'], ...extra] as const;
  raw(exchange, head(exchange, { type, extra: framed, hasLength: false }), true);
}

function chunk(data: string): string {
  return `${data.length.toString(16)}\r\n${data}\r\n`;
}

function gzipIfAsked({ headers }: Exchange): Response {
  const isAsked = headers.get('accept-encoding')?.includes('gzip') ?? false;
  return {
    body: isAsked ? bodies.gzip : bodies.gzipPlain,
    type: json,
    extra: [
      ['Vary', 'Accept-Encoding'],
      ...(isAsked ? [['Content-Encoding', 'gzip'] as const] : []),
    ],
  };
}

function answerStatus(exchange: Exchange, status: number): boolean {
  if (status < 400) return reply(exchange, { status, body: `status ${status}\n` });
  const extra = status === 401 ? [['WWW-Authenticate', 'Basic realm="oracle"'] as const] : [];
  return reply(exchange, { status, body: bodies.status(status), type: json, extra });
}

async function abortMid(exchange: Exchange, afterMs: number): Promise<boolean> {
  raw(exchange, head(exchange, { body: 'm'.repeat(1000) }) + 'm'.repeat(100), false);
  await sleep(afterMs);
  return finish(exchange);
}

/** A clean end: close_notify where there is TLS, then FIN. */
async function finish({ connection: { socket } }: Pick<Exchange, 'connection'>): Promise<boolean> {
  if (socket.destroyed) return false;
  const finished = once(socket, 'finish').catch(() => undefined);
  socket.end();
  await finished;
  return false;
}

/** 101, and from then on every byte comes back; a greeting ends when the client says bye. */
async function tunnel(exchange: Exchange, isGreeting: boolean): Promise<boolean> {
  const { connection, headers } = exchange;
  const negotiated = [
    ['sec-websocket-protocol', 'Sec-WebSocket-Protocol'],
    ['x-stream-protocol-version', 'X-Stream-Protocol-Version'],
  ].flatMap(([key = '', name = '']) => {
    const offered = headers.get(key);
    return offered === undefined ? [] : [`${name}: ${(offered.split(',')[0] ?? '').trim()}`];
  });
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${headers.get('upgrade') ?? ''}`,
    `X-Upstream: ${connection.isTls ? 'tls' : 'plain'}`,
    `X-Client-Cert: ${connection.clientCertificate ?? 'none'}`,
    ...negotiated,
    '\r\n',
  ];
  raw(exchange, lines.join('\r\n') + (isGreeting ? 'hello' : ''), false);
  let received = '';
  try {
    for (;;) {
      const bytes = await connection.reader.takeSome();
      received += bytes;
      raw(exchange, bytes, false);
      if (isGreeting && received.includes('bye')) return await finish(exchange);
    }
  } catch (error) {
    if (!(error instanceof ConnectionGone)) throw error;
    connection.note('upgraded-connection-ended', `${received.length} bytes`);
    return false;
  }
}

/** What the oracle upstream does instead of an echo, by the last segment of the path. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bodies } from './oracle-bodies.ts';
import {
  chunk,
  closing,
  finish,
  head,
  raw,
  reply,
  startChunks,
  type Answer,
  type Exchange,
  type Response,
} from './oracle-reply.ts';

const json = 'application/json';

export const behaviours: Readonly<Record<string, Answer>> = {
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
    reply(exchange, { body: 'until the end\n', hasLength: false, extra: closing });
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

async function abortMid(exchange: Exchange, afterMs: number): Promise<boolean> {
  raw(exchange, head(exchange, { body: 'm'.repeat(1000) }) + 'm'.repeat(100), false);
  await sleep(afterMs);
  return finish(exchange);
}

import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerCases, type AnswerCase } from './answers.ts';
import { connectRaw } from './testing/raw-client.ts';
import { okAnswer } from './testing/recording-target.ts';
import { serverNames, startServers, type FrontServer, type Servers } from './testing/servers.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());
beforeEach(() => servers.target.forget());

interface Received {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly isCut: boolean;
}

/** Answers once, whatever comes. */
function play({ bytes, endless, becomes }: AnswerCase): void {
  const begun = new WeakSet<Socket>();
  servers.target.answerWith((socket) => {
    if (begun.has(socket)) return;
    begun.add(socket);
    socket.write(bytes, 'latin1');
    if (endless !== undefined) {
      const more = () => {
        while (!socket.destroyed && socket.write(endless, 'latin1'));
      };
      socket.on('drain', more);
      more();
    } else if (becomes === 'cut') {
      socket.end();
    }
  });
}

async function askPlainly(server: FrontServer, path: string, method: string): Promise<Received> {
  using client = await connectRaw(server);
  client.send(
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer jane\r\nConnection: close\r\n\r\n`,
  );
  const text = await client.closed();
  const end = text.indexOf('\r\n\r\n') + 4;
  const head = text.slice(0, end);
  const rest = text.slice(end);
  const isChunked = /^transfer-encoding: chunked/im.test(head);
  const stated = /^content-length: (\d+)/im.exec(head)?.[1];
  const body = isChunked ? rest.replace(/^([0-9a-f]+)\r\n([^]*?)\r\n(?:0\r\n[^]*)?$/, '$2') : rest;
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]),
    head,
    body: method === 'HEAD' ? rest : body,
    // Where nothing had left yet, nothing comes.
    isCut:
      text === '' ||
      (isChunked
        ? !/(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(rest)
        : method !== 'HEAD' &&
          stated !== undefined &&
          Number(stated) !== rest.length &&
          !/ (?:204|304) /.test(head)),
  };
}

let sessions: Readonly<Record<string, ClientHttp2Session>> = {};
beforeAll(() => {
  sessions = Object.fromEntries(
    serverNames.map((name) => {
      const { port, ca } = servers.server[name];
      return [name, connectHttp2(`https://127.0.0.1:${port}`, { ca })];
    }),
  );
});
afterAll(() => {
  for (const session of Object.values(sessions)) session.destroy();
});

async function askHttp2(
  session: ClientHttp2Session,
  path: string,
  method: string,
): Promise<Received> {
  const stream = session.request({
    ':method': method,
    ':path': path,
    authorization: 'Bearer jane',
  });
  stream.end();
  stream.on('error', () => undefined);
  let head = '';
  let status = 0;
  stream.on('response', (headers, _flags, raw?: readonly string[]) => {
    status = headers[':status'] ?? 0;
    head = (raw ?? []).map((text, at) => text + (at % 2 === 0 ? ': ' : '\r\n')).join('');
    head ||= JSON.stringify(headers);
  });
  let body = '';
  stream.setEncoding('latin1').on('data', (text: string) => (body += text));
  await once(stream, 'close').catch(() => undefined);
  return { status, head, body, isCut: stream.rstCode !== 0 };
}

describe.each(serverNames)('%s', (name) => {
  const clients = [
    ['HTTP/1.1', (path: string, method: string) => askPlainly(servers.server[name], path, method)],
    [
      'HTTP/2',
      (path: string, method: string) => {
        const session = sessions[name];
        if (!session) throw new Error('no session');
        return askHttp2(session, path, method);
      },
    ],
  ] as const;
  describe.each(clients)('to a client of %s', (protocol, ask) => {
    it.each(answerCases)('answers for a target that sends $name', async (played) => {
      const { without, method = 'GET' } = played;
      const becomes = (protocol === 'HTTP/2' ? played.becomesInHttp2 : undefined) ?? played.becomes;
      play(played);
      const { status, head, body, isCut } = await ask(`${servers.web}/hostile`, method);
      if (becomes === 'cut') {
        expect(isCut).toBe(true);
      } else if (typeof becomes === 'number') {
        expect({ status, isCut, json: JSON.parse(body) as unknown }).toMatchObject({
          status: becomes,
          isCut: false,
          json: { kind: 'Status', code: becomes },
        });
      } else {
        expect({ status, body, isCut }).toEqual({ ...becomes, isCut: false });
      }
      if (without) expect(head).not.toMatch(without);

      // Nothing of it is taken for the answer of the next request.
      servers.target.answerWith(okAnswer('web'));
      const next = await ask(`${servers.web}/next`, 'GET');
      expect(next).toMatchObject({ status: 200, body: 'ok', isCut: false });
    });
  });
});

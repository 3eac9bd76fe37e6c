/**
 * Says bytes to addresses and keeps what comes back, from a machine of the lab: a program of its own, because
 * the machine has a network of its own. It can put an HTTP proxy in between.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { buffer, json } from 'node:stream/consumers';

interface Target {
  readonly host: string;
  readonly port: number;
}

export interface RawQuestions {
  readonly isThroughHttpProxy: boolean;
  readonly timeoutMs: number;
  /** What is said is base64. */
  readonly questions: readonly (Target & { readonly send: string })[];
}

/** All that came until the other side closed, in base64; empty where there was nothing. */
export interface RawAnswers {
  readonly answers: readonly string[];
}

const { isThroughHttpProxy, timeoutMs, questions } = (await json(process.stdin)) as RawQuestions;
const answers: string[] = [];
for (const { host, port, send } of questions) {
  const proxy = isThroughHttpProxy ? await startHttpProxy({ host, port }) : null;
  const target = proxy ? { host: '127.0.0.1', port: portOf(proxy) } : { host, port };
  answers.push((await say(target, Buffer.from(send, 'base64'))).toString('base64'));
  proxy?.close();
  proxy?.closeAllConnections();
}
process.stdout.write(JSON.stringify({ answers } satisfies RawAnswers));

/** Ends its side once everything is said. */
async function say({ host, port }: Target, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ host, port, allowHalfOpen: true });
  const late = setTimeout(() => socket.destroy(new Error('ETIMEDOUT')), timeoutMs);
  try {
    socket.end(bytes);
    return await buffer(socket);
  } catch {
    // Who breaks a connection off has not answered.
    return Buffer.alloc(0);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}

/** Passes requests on, each on a connection of its own, and says that it did. */
async function startHttpProxy({ host, port }: Target): Promise<Server> {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const sent = httpRequest({
      host,
      port,
      method,
      path: url,
      headers: { ...headers, via: '1.1 proxy' },
      agent: false,
    });
    sent.on('error', () => response.writeHead(502).end());
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(sent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

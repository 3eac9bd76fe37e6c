/** The kubelet's HTTPS port: everything but its health is for clients with a certificate of the cluster. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { admit, type AdmitOptions } from './admit.ts';
import { HttpProblem } from './http-problem.ts';
import { answer } from './routes.ts';
import type { NodeFacts } from './node-facts.ts';

export interface KubeletServerOptions {
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tlsCert: string;
  readonly tlsPrivateKey: string;
  readonly clientCa: string;
}

export interface KubeletServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

export async function startKubeletServer(
  options: KubeletServerOptions,
  facts: NodeFacts & AdmitOptions,
): Promise<KubeletServer> {
  const server = createServer({
    cert: options.tlsCert,
    key: options.tlsPrivateKey,
    ca: options.clientCa,
    requestCert: true,
    // Who has no certificate is told so in HTTP.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    requestTimeout: 0,
    headersTimeout: 30_000,
  });
  server.on('request', (request, response) => void serve(request, response, facts));
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    void upgrade(request, socket, head, facts);
  });
  server.on('tlsClientError', () => undefined);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port, options.address);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  facts: NodeFacts & AdmitOptions,
): Promise<void> {
  try {
    await admit(request, facts);
    await answer(request, response, facts);
  } catch (error) {
    const { status, message } = problemOf(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(message);
  }
}

async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: NodeFacts & AdmitOptions,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  try {
    await admit(request, facts);
    // Streams are loaded by the first who wants one: most nodes never see any.
    const { answerUpgrade } = await import('./upgrades.ts');
    await answerUpgrade(request, socket, head, facts);
  } catch (error) {
    const { status, message } = problemOf(error);
    const body = Buffer.from(message);
    const lines = [
      `HTTP/1.1 ${status} ${status < 500 ? 'Bad Request' : 'Internal Server Error'}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
  }
}

function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  return new HttpProblem(500, error instanceof Error ? error.message : String(error));
}

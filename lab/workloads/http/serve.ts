/**
 * The HTTP server of the workloads: listens on each of the pod's addresses, answers by routes, logs a
 * line for each request, and drains when told to end.
 *
 * Ports are the container's TCP ports, or `--port=80,8080`; those named `https…` or given by
 * `--tls-port` speak TLS, with a certificate of the node process's own.
 */
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from '../../../proxies/kit/http/node-http.ts';
import { readArguments, type Arguments } from '../arguments.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle.ts';
import type { Workload, WorkloadContext } from '../workload.ts';
import { findRoute, type Exchange, type Handler, type Routes, type Upgrade } from './exchange.ts';
import { logExchange } from './request-log.ts';
import { sendText } from './send.ts';

export interface HttpProgram {
  readonly routes: Routes;
  /** What is none of the routes; absent: 404. */
  readonly otherwise?: Handler;
  /** Takes upgrades that `wants` says yes to; others are answered as if nobody had asked. */
  readonly upgrade?: {
    readonly wants: (request: IncomingMessage) => boolean;
    readonly take: (upgrade: Upgrade) => void;
  };
  /** Every port speaks TLS, not only those that say so. */
  readonly isTls?: boolean;
  /** Names of further arguments. */
  readonly argumentNames?: readonly string[];
  /** Throws for arguments that are wrong, before anything listens. */
  readonly check?: (given: Arguments) => unknown;
}

export interface HttpWorkload {
  readonly workload: Workload;
  readonly lifecycle: Lifecycle;
  readonly given: Arguments;
}

interface ListenPort {
  readonly port: number;
  readonly isTls: boolean;
}

const common = ['port', 'tls-port', 'name'] as const;
const serverOptions = {
  keepAliveTimeout: 75_000,
  requestTimeout: 0,
  maxHeaderSize: 256 * 1024,
} as const;

export async function serveHttp(
  context: WorkloadContext,
  program: HttpProgram,
): Promise<HttpWorkload> {
  const given = readArguments(context.args, [...common, ...(program.argumentNames ?? [])]);
  program.check?.(given);
  const serverName = given.name ?? context.pod.name;
  const servers: Server[] = [];
  const connections = new Set<Socket>();
  const lifecycle = createLifecycle({
    drain: async () => {
      await Promise.all(servers.map(closeServer));
    },
    close: async () => {
      const closed = Promise.all(servers.map(closeServer));
      for (const connection of connections) connection.destroy();
      await closed;
    },
  });

  const answer: RequestListener = (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const [path = '', query = ''] = splitTarget(request.url ?? '');
    const exchange: Exchange = {
      request,
      response,
      context,
      serverName,
      path,
      query: new URLSearchParams(query),
      gone: gone.signal,
      stopping: lifecycle.stopping,
    };
    logExchange(exchange);
    response.once('finish', () => {
      // Node forgets the first where the answer has a Connection header of its own, and the second
      // where the answer had begun.
      const isLast = request.headers.connection === 'close' || lifecycle.stopping.aborted;
      if (isLast) request.socket.end();
    });
    void answerExchange(program, exchange);
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { remoteAddress = '-' } = request.socket;
    const asked = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
    context.log(`${remoteAddress} "${asked}" upgrade to ${request.headers.upgrade ?? ''}`);
    const { stopping } = lifecycle;
    program.upgrade?.take({ request, socket, head, context, serverName, stopping });
  };

  try {
    for (const { port, isTls } of listenPorts(context, given, program.isTls ?? false)) {
      for (const address of context.addresses) {
        const server = await createListener(program, isTls, answer);
        if (program.upgrade) server.on('upgrade', upgrade);
        server.on('connection', (connection: Socket) => {
          connections.add(connection);
          connection.once('close', () => connections.delete(connection));
        });
        servers.push(server);
        server.listen(port, address);
        await once(server, 'listening');
        const scheme = isTls ? 'https' : 'http';
        context.log(
          `listening on ${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`,
        );
      }
    }
  } catch (error) {
    await lifecycle.exit(1);
    throw error;
  }
  return { workload: lifecycle.workload, lifecycle, given };
}

async function createListener(
  program: HttpProgram,
  isTls: boolean,
  answer: RequestListener,
): Promise<Server> {
  const options = {
    ...serverOptions,
    ...(program.upgrade ? { shouldUpgradeCallback: program.upgrade.wants } : {}),
  };
  if (!isTls) return createServer(options, answer);
  const { servingCredential } = await import('../certificate.ts');
  const { certificatePem: cert, keyPem: key } = await servingCredential();
  // Whoever has a certificate may show it; nobody must.
  return createTlsServer(
    { ...options, cert, key, requestCert: true, rejectUnauthorized: false },
    answer,
  );
}

function listenPorts(
  context: WorkloadContext,
  given: Arguments,
  isAllTls: boolean,
): readonly ListenPort[] {
  const numbers = (text = '') => text.split(',').filter(Boolean).map(Number);
  const told = [
    ...numbers(given.port).map((port) => ({ port, isTls: isAllTls })),
    ...numbers(given['tls-port']).map((port) => ({ port, isTls: true })),
  ];
  if (told.length > 0) return told;
  return context.ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ name = '', containerPort }) => ({
      port: containerPort,
      isTls: isAllTls || name.startsWith('https'),
    }));
}

async function answerExchange(program: HttpProgram, exchange: Exchange): Promise<void> {
  const { response, path } = exchange;
  const route = findRoute(program.routes, path);
  const handle = route?.handle ?? program.otherwise ?? notFound;
  try {
    await handle(exchange, route?.parameter ?? '');
  } catch (error) {
    if (exchange.gone.aborted) return void response.destroy();
    exchange.context.log(`error: ${String(error)}`);
    if (response.headersSent) return void response.destroy();
    sendText(response, 500, String(error));
  }
}

const notFound: Handler = ({ response }) => sendText(response, 404, '404 page not found');

function splitTarget(target: string): readonly string[] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target] : [target.slice(0, mark), target.slice(mark + 1)];
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

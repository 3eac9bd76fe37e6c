/** For tests: a target that says what it is told, the proxy, and servers of HTTP/1.1 and HTTP/2 in front of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { ClientHttp2Session, Http2Server } from 'node:http2';
import { connect } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { StatusError } from '../../kit/api/status-error.ts';
import type { Hop } from '../../kit/hop.ts';
import type {
  HttpRequest,
  HttpResponse,
  UpgradedConnection,
} from '../../kit/http/server-exchange.ts';
import { offerUpgrade, rememberQueued } from '../../kit/http/upgrade-offer.ts';
import { RawClient } from '../../kit/testing/raw-client.ts';
import { startScriptedServer } from '../../kit/testing/scripted-server.ts';
import type { ScriptedRequest, ScriptedServer } from '../../kit/testing/scripted-server.ts';
import type { ForwardCall } from '../forward-call.ts';
import type { FoundNode } from '../lookup.ts';
import { createApiserverProxy } from '../proxy.ts';
import type { ApiserverProxy, ApiserverProxyOptions } from '../proxy.ts';

export interface World extends AsyncDisposable {
  readonly target: ScriptedServer;
  readonly proxy: ApiserverProxy;
  readonly hops: readonly Hop[];
  /** The name of a pod that is the target. */
  readonly pod: string;
  /** `/api/v1/namespaces/default/pods/{pod}/proxy` */
  readonly prefix: string;
  /** How many requests are being served. */
  readonly serving: number;
  connect(): Promise<RawClient>;
  connectHttp2(): Promise<ClientHttp2Session & AsyncDisposable>;
}

export interface WorldOptions extends Partial<ApiserverProxyOptions> {
  /** The target speaks TLS. */
  readonly tls?: TlsOptions;
  readonly listens?: boolean;
  /** Requests are forwarded to the target as to an aggregated API server: it must speak TLS. */
  readonly forwards?: Partial<Pick<ForwardCall, 'tls' | 'headers' | 'rejectsRedirects'>>;
  /** Where the target is looked for, if not at 127.0.0.1. */
  readonly address?: string;
}

export async function startWorld(
  answer: (request: ScriptedRequest) => unknown,
  { tls, listens = false, forwards, address = '127.0.0.1', ...options }: WorldOptions = {},
): Promise<World> {
  const target = await startScriptedServer(answer, tls);
  const proxy = createApiserverProxy({
    lookup: {
      service: () => Promise.resolve(undefined),
      endpoints: () => Promise.resolve(undefined),
      pod: (_, name) =>
        Promise.resolve(name === 'target' ? { status: { podIPs: [{ ip: address }] } } : undefined),
      // Its kubelet is the target.
      node: (name) => Promise.resolve(name === 'target' ? nodeAt(target.port) : undefined),
    },
    allowsAddress: () => true,
    ...options,
  });
  const hops: Hop[] = [];
  if (listens) proxy.setHopListener((hop) => hops.push(hop));
  let serving = 0;
  const handle = async (
    request: HttpRequest,
    response: HttpResponse,
    upgrade?: UpgradedConnection,
  ): Promise<void> => {
    serving++;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.setHeader('Cache-Control', 'no-cache, private');
    const path = decodeURIComponent((request.url ?? '').split('?', 1)[0] ?? '');
    const [, prefix = '', resource, id = '', subpath = ''] =
      /^(.*\/(pods|nodes)\/([^/]+)\/proxy)(.*)$/s.exec(path) ?? [];
    const { signal } = gone;
    const call = { request, response, upgrade, signal, requestId: 'request-1', user: 'jane' };
    try {
      if (forwards) {
        await proxy.forward({
          ...call,
          target: (request.url ?? '').replace(prefix, ''),
          location: { host: '127.0.0.1', port: target.port },
          tls: { serverName: 'target', isUnverified: true },
          headers: {},
          rejectsRedirects: false,
          ...forwards,
        });
        return;
      }
      await proxy.serve({
        ...call,
        resource: resource === 'nodes' ? 'nodes' : 'pods',
        namespace: resource === 'nodes' ? '' : 'default',
        id,
        prefix,
        subpath,
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const body = JSON.stringify(error.toStatus());
      response.writeHead(error.code, { 'Content-Length': body.length });
      response.end(body);
    } finally {
      serving--;
    }
  };

  const http1 = createServer((request, response) => {
    rememberQueued(request, response);
    void handle(request, response);
  });
  http1.on('upgrade', (request: IncomingMessage, socket, head) => {
    void offerUpgrade(request, socket, head, handle);
  });
  const http2 = createHttp2Server((request, response) => void handle(request, response));
  const [port1, port2] = [await listen(http1), await listen(http2)];
  const pod = `${tls ? 'https:' : ''}target:${target.port}`;

  return {
    target,
    proxy,
    hops,
    pod,
    prefix: `/api/v1/namespaces/default/pods/${pod}/proxy`,
    get serving() {
      return serving;
    },
    async connect() {
      const socket = connect({ port: port1, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect');
      return new RawClient(socket);
    },
    async connectHttp2() {
      const session = connectHttp2(`http://127.0.0.1:${port2}`);
      await once(session, 'connect');
      return Object.assign(session, {
        [Symbol.asyncDispose]: () => {
          session.destroy();
          return Promise.resolve();
        },
      });
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
      http1.closeAllConnections();
      http1.close();
      http2.close();
    },
  };
}

function nodeAt(port: number): FoundNode {
  return {
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  };
}

async function listen(server: Server | Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A request as a client writes it. */
export function request(method: string, path: string, ...headers: string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: proxy.example', ...headers, '', ''].join('\r\n');
}

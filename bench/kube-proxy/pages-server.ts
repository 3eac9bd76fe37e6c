/** Serves lists of a cluster from text, and watches; says what changes when it is told to. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import { pages, service, slice } from './cluster.ts';

export interface PagesServer extends AsyncDisposable {
  readonly url: string;
  /** Resolves when slices are watched. */
  untilWatched(): Promise<void>;
  /** Tells whoever watches slices; resolves when it is on its way. */
  tell(object: object): Promise<void>;
}

const slicesPath = '/apis/discovery.k8s.io/v1/endpointslices';

export async function startPagesServer(count: number): Promise<PagesServer> {
  const node = {
    metadata: { name: 'node-1', resourceVersion: '1' },
    status: { addresses: [{ type: 'InternalIP', address: nodeNetwork.nodeIP }] },
  };
  const cidr = { metadata: { name: 'kubernetes' }, spec: { cidrs: [nodeNetwork.services] } };
  const lists: Readonly<Record<string, readonly string[]>> = {
    '/api/v1/services': pages(service, count),
    [slicesPath]: pages((index) => slice(index), count),
    '/api/v1/nodes': pages(() => node, 1),
    '/apis/networking.k8s.io/v1/servicecidrs': pages(() => cidr, 1),
  };
  const watches = new Set<ServerResponse>();
  let watched = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
    response.setHeader('Content-Type', 'application/json');
    const list = lists[pathname];
    if (list === undefined) {
      response.writeHead(request.method === 'POST' ? 201 : 404).end('{}');
    } else if (searchParams.has('watch')) {
      response.writeHead(200).flushHeaders();
      if (pathname !== slicesPath) return;
      watches.add(response);
      watched.resolve(undefined);
      response.once('close', () => {
        watches.delete(response);
        watched = Promise.withResolvers();
      });
    } else {
      response.end(list[Math.floor(Number(searchParams.get('continue') ?? 0) / 500)]);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    untilWatched: () => watched.promise,
    tell: async (object) => {
      const line = `${JSON.stringify({ type: 'MODIFIED', object })}\n`;
      await Promise.all(
        [...watches].map((watch) => new Promise((resolve) => watch.write(line, resolve))),
      );
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

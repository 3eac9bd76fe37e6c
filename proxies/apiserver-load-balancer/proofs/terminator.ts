/** What stands in a load balancer's place where it should not: a proxy that ends TLS, and passes on HTTP. */
import { once } from 'node:events';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { OwnBalancer } from './own-balancer.ts';
import type { OwnCluster } from './own-cluster.ts';

/** In front of the first apiserver, with a certificate that the cluster's clients trust. */
export async function startTerminator({
  cluster,
  apiservers: [first],
}: OwnCluster): Promise<OwnBalancer> {
  if (!first) throw new Error('there is no apiserver');
  const { caPem, server } = first.apiserver;
  const { certificatePem: cert, keyPem: key } = await cluster.issueServer([
    'localhost',
    '127.0.0.1',
  ]);
  const proxy = createServer({ cert, key }, (request, response) => {
    const { method, url, headers } = request;
    const sent = httpsRequest(new URL(url ?? '/', server), {
      method,
      headers,
      ca: caPem,
      agent: false,
    });
    sent.on('error', () => response.destroy());
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    response.once('close', () => sent.destroy());
    request.pipe(sent);
  });
  proxy.on('upgrade', (_request, socket) => socket.destroy());
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { address: host, port } = proxy.address() as AddressInfo;
  return {
    host,
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      await closed;
    },
  };
}

/**
 * A client with an address of its own: the apiserver sees another one. Refuted by the PROXY protocol, which
 * would tell it, and which it does not understand.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import type { BalancerOptions } from '../balancer.ts';
import { get } from './client.ts';
import { startOwnBalancer } from './own-balancer.ts';
import { backendAt, ownCluster } from './own-cluster.ts';

const from = '127.0.0.9';
const patienceMs = 5000;

export const clientAddress = defineProof({
  claimed: (laboratory) => world(laboratory, 'off'),
  refuted: (laboratory) => world(laboratory, 'v1'),
  probe: async ({ apiserver, place }, notebook: Notebook) => {
    const { status, cause } = await get(place, '/version', patienceMs);
    notebook.check(status === 200, 'answered', { from, status, cause });
    const seen = apiserver.requests.find(({ target }) => target === '/version')?.remoteAddress;
    notebook.check(seen !== from, 'other', { seen: seen ?? '' });
  },
});

async function world(laboratory: Laboratory, proxyProtocol: BalancerOptions['proxyProtocol']) {
  await using starting = new AsyncDisposableStack();
  const { apiservers, asker } = starting.use(await ownCluster(laboratory, 1));
  const [first] = apiservers;
  if (!first) throw new Error('there is no apiserver');
  const { hostname, port: ownPort } = new URL(first.apiserver.server);
  const { host, port } = starting.use(
    await startOwnBalancer(laboratory, {
      // Not by the wire, which would be what the apiserver sees.
      backends: [backendAt({ host: hostname, port: Number(ownPort) })],
      caPem: asker.caPem,
      proxyProtocol,
    }),
  );
  const running = starting.move();
  return {
    apiserver: first.apiserver,
    place: { host, port, ...asker, localAddress: from },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * A client with a certificate: it sees that of the apiserver, and the apiserver sees its own. Refuted by a
 * proxy that ends TLS with a certificate that is trusted just as much.
 */
import { readFile } from 'node:fs/promises';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { get, type Place } from './client.ts';
import { startOwnBalancer, type OwnBalancer } from './own-balancer.ts';
import { ownCluster, type OwnCluster } from './own-cluster.ts';
import { shorten } from './shorten.ts';
import { startTerminator } from './terminator.ts';

const name = 'localhost';
const patienceMs = 5000;

export const passthrough = defineProof({
  claimed: (laboratory) =>
    world(laboratory, ({ apiservers, asker }) =>
      startOwnBalancer(laboratory, {
        backends: apiservers.map(({ backend }) => backend),
        caPem: asker.caPem,
      }),
    ),
  refuted: (laboratory) => world(laboratory, startTerminator),
  probe: async ({ apiserver, place }, notebook: Notebook) => {
    const { status, fingerprint256, cause } = await get(place, '/version', patienceMs);
    notebook.check(fingerprint256 !== '', 'trusted', { cause });
    const certificate = shorten(fingerprint256);
    const own = shorten(apiserver.fingerprint256);
    notebook.check(fingerprint256 === apiserver.fingerprint256, 'server', { certificate, own });
    if (status !== 200) throw new Error(`the answer is ${status} ${cause}`);
    const tls = apiserver.requests.find(({ target }) => target === '/version')?.tls;
    const user = tls?.clientCertificate ?? '';
    notebook.check(user === 'proof', 'client', { user });
    notebook.check(tls?.serverName === name, 'name', { name });
  },
});

async function world(
  laboratory: Laboratory,
  inFront: (cluster: OwnCluster) => Promise<OwnBalancer>,
) {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(await ownCluster(laboratory, 1));
  const [apiserver] = cluster.cluster.apiservers;
  if (!apiserver) throw new Error('there is no apiserver');
  const { host, port } = starting.use(await inFront(cluster));
  const [certPem, keyPem] = await Promise.all([
    readFile(apiserver.clientCertificateFile, 'utf8'),
    readFile(apiserver.clientKeyFile, 'utf8'),
  ]);
  const { caPem } = apiserver;
  const place: Place = { host, port, caPem, certPem, keyPem, serverName: name };
  const running = starting.move();
  return { apiserver, place, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Controllers and nodes together: how fast they are, and that they heal. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { startNodeCluster, type NodeCluster } from '../node/testing/node-cluster.ts';
import { startControllers } from './controllers.ts';
import type { Node } from './objects/node.ts';
import type { EndpointSlice } from './objects/service.ts';
import { conditionOf } from './objects/meta.ts';
import { startFragileWire, type FragileWire } from './testing/fragile-wire.ts';
import { deployment, paths } from './testing/objects.ts';
import { until } from './testing/start-world.ts';

let cluster: NodeCluster;
let wire: FragileWire;
let running: AsyncDisposableStack;

beforeEach(async () => {
  running = new AsyncDisposableStack();
  cluster = running.use(await startNodeCluster());
  wire = running.use(await startFragileWire(cluster.server));
  const connect = (server: string) => {
    const { ca: caPem, cert: certPem, key: keyPem } = cluster.administrator;
    return running.use(createApiClient({ server, caPem, certPem, keyPem, userAgent: 'test' }));
  };
  await cluster.client
    .create('/api/v1/namespaces', { metadata: { name: 'kube-system' } })
    .catch(() => undefined);
  running.use(
    await startControllers({
      client: connect(cluster.server),
      rootCa: 'root',
      nodeMonitorGracePeriodMs: 4000,
      log: () => undefined,
    }),
  );
  running.use(await cluster.startNode({ client: connect(wire.server) }));
});

afterEach(() => running.disposeAsync());

const containers = [
  {
    name: 'web',
    image: 'registry.example/hop-by-hop/pause:1.4.0',
    ports: [{ containerPort: 8080 }],
  },
];
const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };

const endpoints = (
  isSo: (ready: readonly (boolean | undefined)[]) => boolean,
  timeoutMs?: number,
) =>
  until<EndpointSlice>(
    cluster.client,
    paths.slices,
    (all) =>
      isSo(
        all
          .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web')
          .flatMap((slice) => slice.endpoints ?? [])
          .map(({ conditions }) => conditions?.ready),
      ),
    timeoutMs,
  );

async function apply(): Promise<void> {
  const ports = [{ port: 80, targetPort: 8080 }];
  const spec = { selector: { app: 'web' }, ports };
  await cluster.client.create(paths.services, { metadata: { name: 'web' }, spec });
  await cluster.client.create(paths.deployments, deployment('web', { replicas: 2, template }));
  await endpoints((ready) => ready.length === 2 && ready.every(Boolean));
}

it('brings a Deployment to its endpoints without waiting for anything', async () => {
  const before = performance.now();
  await apply();
  // Well under 200 ms on an idle machine; tests run beside others.
  expect(performance.now() - before).toBeLessThan(1500);
});

it(
  'marks a node that is cut off, and all is well again when it is back',
  { timeout: 60_000 },
  async () => {
    await apply();
    const readiness = (status: string) =>
      until<Node>(
        cluster.client,
        paths.nodes,
        ([node]) => conditionOf(node?.status, 'Ready')?.status === status,
        20_000,
      );
    wire.freeze();
    await readiness('Unknown');
    await readiness('True');
    await endpoints((ready) => ready.length === 2 && ready.every(Boolean), 10_000);
    const [node] = await until<Node>(
      cluster.client,
      paths.nodes,
      ([one]) => (one?.spec?.taints ?? []).length === 0,
      10_000,
    );
    expect(node?.metadata.name).toBe('node-1');
  },
);

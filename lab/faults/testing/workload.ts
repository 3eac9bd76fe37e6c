/** A Deployment and its Service, as one looks at them while machines fail. */
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { deployment, paths } from '../../controllers/testing/objects.ts';
import { until } from '../../controllers/testing/start-world.ts';
import type { EndpointSlice } from '../../controllers/objects/service.ts';
import type { Deployment } from '../../controllers/objects/workload.ts';

export interface Workload {
  scale(replicas: number): Promise<void>;
  /** Scales, and resolves when the controllers have done it and as many endpoints are ready. */
  settle(replicas: number): Promise<void>;
  /** Resolves when as many endpoints are ready, all of them on these nodes; with their nodes. */
  untilReady(count: number, nodes?: readonly string[], timeoutMs?: number): Promise<void>;
}

const containers = [
  {
    name: 'web',
    image: 'registry.example/hop-by-hop/pause:1.4.0',
    ports: [{ containerPort: 8080 }],
  },
];

/** Resolves when all its pods serve. */
export async function runWorkload(client: ApiClient, replicas: number): Promise<Workload> {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers, terminationGracePeriodSeconds: 1 },
  };
  await client.create(paths.deployments, deployment('web', { replicas, template }));
  const ports = [{ port: 80, targetPort: 8080 }];
  const spec = { selector: { app: 'web' }, ports };
  await client.create(paths.services, { metadata: { name: 'web' }, spec });
  const workload: Workload = {
    scale: async (to) => {
      await client.patch(`${paths.deployments}/web/scale`, 'merge', { spec: { replicas: to } });
    },
    settle: async (to) => {
      await workload.scale(to);
      const isDone = ([found]: readonly Deployment[]) =>
        found?.status?.replicas === to &&
        (found.status.observedGeneration ?? 0) >= (found.metadata.generation ?? 0);
      await until<Deployment>(client, paths.deployments, isDone, 90_000);
      await workload.untilReady(to);
    },
    untilReady: async (count, nodes, timeoutMs = 90_000) => {
      const isSo = (slices: readonly EndpointSlice[]) => {
        const ready = slices
          .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web')
          .flatMap(({ endpoints }) => endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready);
        const arePlaced = ready.every(({ nodeName = '' }) => nodes?.includes(nodeName) ?? true);
        return ready.length === count && arePlaced;
      };
      await until<EndpointSlice>(client, paths.slices, isSo, timeoutMs);
    },
  };
  await workload.untilReady(replicas);
  return workload;
}

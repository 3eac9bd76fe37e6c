/** The controller is killed at each of its calls, one after the other: what comes after it finds everything. */
import { expect, describe, it } from 'vitest';
import { servicesPath, serviceOf } from '../testing/controller-world.ts';
import type { FakeCluster } from '../testing/fake-cluster.ts';
import { createFaultWorld } from './testing/fault-world.ts';
import type { Death } from './testing/mortal.ts';
import type { CloudName } from './testing/clouds.ts';

const web = `${servicesPath}/web`;
const udp = { name: 'dns', protocol: 'UDP', port: 53, nodePort: 30_053 };
const tcp = { name: 'http', protocol: 'TCP', port: 80, nodePort: 30_080 };

/** What a user does with a Service in its life. */
const life: readonly ((api: FakeCluster['api']) => Promise<unknown>)[] = [
  (api) => api.create(servicesPath, serviceOf()),
  (api) => api.patch(web, 'merge', { spec: { ports: [tcp, udp] } }),
  (api) => api.patch('/api/v1/nodes/node-2', 'merge', { spec: { providerID: 'lab://other' } }),
  (api) => api.patch(web, 'merge', { spec: { type: 'ClusterIP' } }),
  (api) => api.patch(web, 'merge', { spec: { type: 'LoadBalancer' } }),
  (api) => api.patch(web, 'merge', { spec: { loadBalancerClass: 'example.com/other' } }),
  (api) => api.patch(web, 'merge', { spec: { loadBalancerClass: null } }),
  (api) => api.delete(web),
];

interface Plan {
  readonly cloud: CloudName;
  readonly dieAt: number;
  readonly death: Death;
  /** How many more things happen before somebody starts another. */
  readonly missed: number;
}

/** Lives the life with a controller that dies; resolves to how many calls it made. */
async function live({ cloud, dieAt, death, missed }: Plan): Promise<number> {
  await using world = await createFaultWorld(cloud);
  const first = await world.start(dieAt, death);
  let isRestarted = false;
  let missedSince = 0;
  for (const act of life) {
    if (first.mortal.isDead && !isRestarted && missedSince++ >= missed) {
      await world.start();
      isRestarted = true;
    }
    await act(world.cluster.api);
    await world.untilWell(() => first.mortal.isDead && !isRestarted);
  }
  if (first.mortal.isDead && !isRestarted) await world.start();
  await world.untilWell();
  expect(world.cluster.list('/api/v1/services')).toEqual([]);
  expect(world.cloud.given().size).toBe(0);
  return first.mortal.calls;
}

describe.for(['a cloud that remembers', 'the hop cloud'] as const)('over %s', (cloud) => {
  describe.for(['before', 'after'] as const)('killed %s a call is done', (death) => {
    it.for([0, 1, 2])('and missed %d changes, it leaves nothing behind', async (missed) => {
      const calls = await live({ cloud, dieAt: Number.POSITIVE_INFINITY, death, missed });
      expect(calls).toBeGreaterThan(20);
      for (let dieAt = 1; dieAt <= calls; dieAt += 1) {
        await live({ cloud, dieAt, death, missed }).catch((error: unknown) => {
          throw new Error(`killed at call ${dieAt} of ${calls}: ${String(error)}`, {
            cause: error,
          });
        });
      }
    });
  });
});

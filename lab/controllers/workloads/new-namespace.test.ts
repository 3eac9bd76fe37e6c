import { expect, it } from 'vitest';
import type { Pod } from '../objects/pod.ts';
import { template } from '../testing/objects.ts';
import { startWorld, until } from '../testing/start-world.ts';

it('gets the pods of a ReplicaSet that was there before the account they run as', async () => {
  await using world = await startWorld({ controllers: {}, needsAccounts: true });
  const { client } = world;
  await client.create('/api/v1/namespaces', { metadata: { name: 'new' } });
  const beganAt = performance.now();
  await client.create('/apis/apps/v1/namespaces/new/replicasets', {
    metadata: { name: 'web' },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template() },
  });
  const path = '/api/v1/namespaces/new/pods';
  await until<Pod>(client, path, (list) => list.length === 3);
  expect(performance.now() - beganAt).toBeLessThan(2000);
});

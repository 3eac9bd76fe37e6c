/** Labs on one loopback: each has its own way to its apiservers. */
import { expect, it, vi } from 'vitest';
import { paths } from '../controllers/testing/objects.ts';
import { startFaultLab } from '../faults/testing/fault-lab.ts';
import { apiserverLoadBalancer } from '../topology.ts';

vi.setConfig({ testTimeout: 180_000 });

it('labs that share a loopback do not come to each other’s apiservers', async () => {
  await using stack = new AsyncDisposableStack();
  const start = async () =>
    stack.use(await startFaultLab({ mode: 'loopback', topology: { apiservers: 1, nodes: 1 } }));
  const [one, other] = await Promise.all([start(), start()]);
  const addressOf = ({ cluster }: typeof one) =>
    cluster.machines().find(({ name }) => name === apiserverLoadBalancer.name)?.addresses[0];
  expect(addressOf(one)).not.toBe(addressOf(other));
  await one.client.create(paths.configMaps, { metadata: { name: 'of-one' } });
  await one.act(apiserverLoadBalancer.name, 'kill');
  await expect(other.client.get(`${paths.configMaps}/of-one`)).rejects.toMatchObject({ code: 404 });
  await other.client.create(paths.configMaps, { metadata: { name: 'of-other' } });
  await one.heal();
  await one.client.get(`${paths.configMaps}/of-one`);
});

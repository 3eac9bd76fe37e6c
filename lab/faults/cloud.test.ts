/** What happens to the lab's cloud, and what becomes of those that it serves. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCloudLab, type CloudLab } from '../cloud/testing/cloud-lab.ts';
import type { MachineStatus } from '../machines/machine.ts';
import { whyNotIsolated } from '../network/testing/why-not-isolated.ts';
import { cloudLoadBalancer } from '../topology.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const reason = await whyNotIsolated();
const patience = { timeout: 90_000, interval: 100 };
const { name: machine } = cloudLoadBalancer;
const isReady = ({ state, faults }: MachineStatus) => state === 'ready' && faults.length === 0;
const merge = { 'Content-Type': 'application/merge-patch+json' };
const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';

describe.skipIf(reason !== null)('when the cloud of the lab', () => {
  let cloud: CloudLab;

  beforeAll(async () => {
    cloud = await startCloudLab('isolated');
  });
  afterEach(async () => {
    const remedies = { killed: 'restart', paused: 'resume', cut: 'mend' } as const;
    for (const { name, faults } of cloud.lab.machines()) {
      for (const fault of faults) await cloud.lab.act(name, remedies[fault]);
      await cloud.untilMachine(name, isReady);
    }
  });
  afterAll(() => cloud[Symbol.asyncDispose]());

  const answered = (name: string) =>
    vi.waitFor(async () => {
      expect((await cloud.ask(`platform/${name}`)).result).toBe('ok');
    }, patience);
  const untilGone = (name: string) =>
    vi.waitFor(async () => expect(await cloud.read(name)).toBeNull(), patience);
  const dial = async (address: string) => {
    const to = { address, port: 7 };
    const [outcome] = await cloud.lab.connect({ machine: 'client' }, { protocol: 'TCP', to });
    return outcome?.result;
  };
  const exclude = async (value: string | null) => {
    for (const node of ['node-1', 'node-2']) {
      const path = `/api/v1/nodes/${node}`;
      const metadata = { labels: { [excluded]: value } };
      expect((await cloud.client.send('PATCH', path, { metadata }, merge)).status).toBe(200);
    }
  };

  it('is killed, packets go on; what was created and deleted meanwhile is when it is back', async () => {
    await cloud.create('stays');
    await cloud.create('goes');
    await answered('stays');
    await answered('goes');
    const kept = await cloud.shown('stays');
    const [freed = ''] = await cloud.shown('goes');
    await cloud.lab.act(machine, 'kill');
    await answered('stays');
    await cloud.create('comes');
    await cloud.remove('goes');
    expect(await cloud.shown('comes')).toEqual([]);
    // Its finalizer holds it.
    expect(await cloud.read('goes')).not.toBeNull();
    await cloud.lab.act(machine, 'restart');
    await cloud.untilMachine(machine, isReady);
    await answered('comes');
    await untilGone('goes');
    expect(await cloud.shown('stays')).toEqual(kept);
    await answered('stays');
    const taken = await cloud.shown('comes');
    if (!taken.includes(freed)) expect(await dial(freed)).not.toBe('ok');
  });

  it.each([
    ['is cut off', 'cut', 'mend'],
    ['is paused', 'pause', 'resume'],
  ] as const)('%s, it catches up afterwards, with the same addresses', async (_, fault, remedy) => {
    const [before, gone, after] = [`before-${fault}`, `gone-${fault}`, `after-${fault}`] as const;
    await cloud.create(before);
    await cloud.create(gone);
    await answered(before);
    await answered(gone);
    const addresses = await cloud.shown(before);
    await cloud.lab.act(machine, fault);
    await cloud.create(after);
    await cloud.remove(gone);
    await cloud.untilMachine(machine, ({ state }) => state === 'unreachable');
    expect(await cloud.shown(after)).toEqual([]);
    await cloud.lab.act(machine, remedy);
    await answered(after);
    await untilGone(gone);
    await answered(before);
    expect(await cloud.shown(before)).toEqual(addresses);
  });

  it('loses a node, it sends to the others', async () => {
    await cloud.create('survives');
    await answered('survives');
    await cloud.lab.act('node-2', 'cut');
    // Two checks, two seconds apart, and then every new connection; pods of the node that is gone are still among
    // the endpoints for a while.
    await vi.waitFor(async () => {
      const found = (await cloud.lab.loadBalancers()).find(
        ({ service }) => service === 'platform/survives',
      );
      const used = found?.targets.filter(({ isUsed }) => isUsed).map(({ node }) => node);
      expect(used).toEqual(['node-1']);
    }, patience);
    await vi.waitFor(async () => {
      for (let count = 0; count < 8; count += 1)
        expect((await cloud.ask('platform/survives')).result).toBe('ok');
    }, patience);
    await cloud.lab.act('node-2', 'mend');
    await vi.waitFor(async () => {
      const found = (await cloud.lab.loadBalancers()).find(
        ({ service }) => service === 'platform/survives',
      );
      expect(found?.targets.filter(({ isUsed }) => isUsed)).toHaveLength(2);
    }, patience);
  });

  it('may send to no node, it says so, and refuses clients', async () => {
    await cloud.create('nowhere');
    await answered('nowhere');
    const [address = ''] = await cloud.shown('nowhere');
    await exclude('true');
    await vi.waitFor(async () => {
      expect(await cloud.events('nowhere')).toContain('Warning UnAvailableLoadBalancer');
      expect(await dial(address)).toBe('ECONNREFUSED');
    }, patience);
    expect(await cloud.shown('nowhere')).toEqual([address]);
    await exclude(null);
    await answered('nowhere');
  });
});

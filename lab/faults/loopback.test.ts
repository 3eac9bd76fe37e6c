/** Where namespaces are not to be had: the same faults, but for links, which are not there. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { paths } from '../controllers/testing/objects.ts';
import { startFaultLab, type FaultLab } from './testing/fault-lab.ts';
import { runWorkload, type Workload } from './testing/workload.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

let lab: FaultLab;
let workload: Workload;

beforeAll(async () => {
  lab = await startFaultLab({ mode: 'loopback', topology: { apiservers: 1, nodes: 1 } });
  workload = await runWorkload(lab.client, 1);
});
afterAll(() => lab[Symbol.asyncDispose]());

const machines = ['store', 'apiserver-1', 'controllers', 'node-1'];

it('all machines that are paused at once go on when they are resumed', async () => {
  for (const machine of machines) await lab.act(machine, 'pause');
  for (const machine of machines) {
    await lab.until(
      machine,
      ({ state, faults, message }) =>
        state === 'unreachable' &&
        faults.join() === 'paused' &&
        message === 'no answer within 1500 ms',
    );
  }
  await lab.heal();
  await workload.scale(2);
  await workload.untilReady(2);
});

it('all machines that are killed at once continue when they are restarted', async () => {
  await lab.client.create(paths.configMaps, { metadata: { name: 'before' } });
  await Promise.all(machines.map((machine) => lab.act(machine, 'kill')));
  for (const machine of machines) {
    const status = await lab.until(machine, ({ state }) => state === 'ended');
    expect(status).toMatchObject({ faults: ['killed'], pid: null });
  }
  await lab.heal();
  await lab.client.get(`${paths.configMaps}/before`);
  await workload.untilReady(2);
  await workload.scale(1);
  await workload.untilReady(1);
});

it('has no links to cut', async () => {
  await expect(lab.act('node-1', 'cut')).rejects.toThrow(
    'On loopback, machines have no links to cut.',
  );
});

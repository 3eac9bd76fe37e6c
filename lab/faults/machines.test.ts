import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { conditionOf } from '../controllers/objects/meta.ts';
import type { Lease } from '../../proxies/kit/api/leader-election.ts';
import type { Node } from '../controllers/objects/node.ts';
import { isActive, isReady, type Pod } from '../controllers/objects/pod.ts';
import type { Deployment } from '../controllers/objects/workload.ts';
import { paths } from '../controllers/testing/objects.ts';
import { until } from '../controllers/testing/start-world.ts';
import type { MachineAction, MachineStatus } from '../machines/machine.ts';
import { createTestClient, type TestClient } from '../testing/client.ts';
import { startFaultLab, type FaultLab } from './testing/fault-lab.ts';
import { runWorkload, type Workload } from './testing/workload.ts';

/**
 * Reads and writes work again within so long after the machine is back. On a quiet machine it is a second; what
 * is to be seen is that nothing waits for a timeout of minutes, however busy the machine is.
 */
const recoveryMs = 45_000;

vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

let lab: FaultLab;
let workload: Workload;
let written = 0;

beforeAll(async () => {
  lab = await startFaultLab();
  workload = await runWorkload(lab.client, 3);
});
afterEach(async () => {
  await lab.heal();
  // What failed once is told once, and what one test wished is not done in the next.
  await workload.settle(3);
});
afterAll(() => lab[Symbol.asyncDispose]());

/** Milliseconds until a write is acknowledged and read back. */
async function untilWorks(): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const name = `works-${++written}`;
    try {
      await lab.client.create(paths.configMaps, { metadata: { name } });
      await lab.client.get(`${paths.configMaps}/${name}`);
      return performance.now() - startedAt;
    } catch (error) {
      if (performance.now() - startedAt > recoveryMs) throw error;
      await delay(20);
    }
  }
}

const isWell = ({ state, faults }: MachineStatus) => state === 'ready' && faults.length === 0;

interface Fault {
  readonly does: MachineAction;
  readonly undoes: MachineAction;
  readonly status: object;
}

/** What the status of a machine shows, which is the same for all kinds. */
const faults: readonly Fault[] = [
  { does: 'kill', undoes: 'restart', status: { state: 'ended', faults: ['killed'], pid: null } },
  {
    does: 'pause',
    undoes: 'resume',
    status: { state: 'unreachable', faults: ['paused'], message: 'no answer within 1500 ms' },
  },
  {
    does: 'cut',
    undoes: 'mend',
    status: {
      state: 'unreachable',
      faults: ['cut'],
      message: expect.stringMatching(/no answer within 1500 ms|EHOSTUNREACH/) as string,
    },
  },
];

function shows(status: MachineStatus, wanted: object): boolean {
  try {
    expect(status).toMatchObject(wanted);
    return true;
  } catch {
    return false;
  }
}

/** Does it, looks at the cluster, undoes it; resolves with the milliseconds that the cluster took then. */
async function suffer(machine: string, fault: Fault, meanwhile: () => Promise<void>) {
  await lab.act(machine, fault.does);
  // A busy machine may say first that its answer was late.
  await lab.until(machine, (status) => shows(status, fault.status));
  await meanwhile();
  await lab.act(machine, fault.undoes);
  const tookMs = await untilWorks();
  expect(tookMs).toBeLessThan(recoveryMs);
  expect(await lab.until(machine, isWell)).not.toHaveProperty('message');
  await lab.untilAllReady();
  process.stdout.write(`${machine}: ${fault.does}, works ${Math.round(tookMs)} ms later\n`);
}

describe.each(faults)('after $does and $undoes', (fault) => {
  it('the store has every write that was acknowledged, and the apiservers say what they lack', async ({
    skip,
  }) => {
    skip(fault.does === 'cut' && lab.cluster.mode === 'loopback', 'no links to cut');
    const client = lab.connect('writer');
    const acknowledged: string[] = [];
    const stopped = Promise.withResolvers<undefined>();
    const writing = (async () => {
      try {
        for (let index = 0; ; index += 1) {
          const name = `${fault.does}-${index}`;
          await client.create(paths.configMaps, { metadata: { name } });
          acknowledged.push(name);
          if (index === 100) stopped.resolve(undefined);
        }
      } catch {
        // The store is away.
      }
    })();
    await stopped.promise;
    await suffer('store', fault, async () => {
      const message = '[-]etcd failed: reason withheld';
      await lab.until('apiserver-1', (status) => shows(status, { state: 'unreachable', message }));
      await writing;
    });
    const there = await until(lab.client, paths.configMaps, () => true);
    const names = new Set(there.map(({ metadata }) => metadata.name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  });

  it('an apiserver serves again, and the others did so all the time', async ({ skip }) => {
    skip(fault.does === 'cut' && lab.cluster.mode === 'loopback', 'no links to cut');
    await suffer('apiserver-2', fault, async () => {
      expect(await untilWorks()).toBeLessThan(recoveryMs);
    });
  });

  it('the controllers make up for what was wished meanwhile', async ({ skip }) => {
    skip(fault.does === 'cut' && lab.cluster.mode === 'loopback', 'no links to cut');
    await suffer('controllers', fault, async () => {
      await workload.scale(5);
      const [{ status } = {}] = await until<Deployment>(
        lab.client,
        paths.deployments,
        (all) => all[0]?.spec.replicas === 5,
        recoveryMs,
      );
      expect(status).toMatchObject({
        replicas: 3,
        observedGeneration: expect.any(Number) as number,
      });
    });
    await workload.untilReady(5);
  });
});

describe('an apiserver that is killed', () => {
  it('takes along only the connections that it had', async () => {
    const writers = await Promise.all(
      Array.from({ length: 9 }, () => createTestClient(lab.cluster.kubeconfigPath)),
    );
    /** Which of them have their connection to the same apiserver, which tells when it started. */
    const homes = new Map<string, Set<number>>();
    for (const [number, writer] of writers.entries()) {
      const { text } = await writer.send('GET', '/metrics');
      const home = /^process_start_time_seconds (.*)$/m.exec(text)?.[1] ?? '';
      homes.set(home, new Set([...(homes.get(home) ?? []), number]));
    }
    expect(homes.size).toBe(3);

    let isOver = false;
    const acknowledged: string[] = [];
    const failures: number[] = [];
    const write = async (writer: TestClient, number: number) => {
      for (let index = 0; !isOver; index += 1) {
        const name = `survives-${number}-${index}`;
        try {
          const { status } = await writer.send('POST', paths.configMaps, { metadata: { name } });
          expect(status).toBe(201);
          acknowledged.push(name);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ECONNRESET' });
          failures.push(number);
        }
      }
    };
    const enough = async (more: number) => {
      const goal = acknowledged.length + more;
      await expect.poll(() => acknowledged.length, { timeout: recoveryMs }).toBeGreaterThan(goal);
    };
    const writing = Promise.all(writers.map(write));
    await enough(200);
    await lab.act('apiserver-2', 'kill');
    await enough(200);
    await lab.act('apiserver-2', 'restart');
    await lab.until('apiserver-2', isWell);
    await enough(200);
    isOver = true;
    await writing;

    // All of one apiserver. Who comes back before the load balancer knows may be sent there once more: the
    // kernel does not try another.
    expect([...homes.values()]).toContainEqual(new Set(failures));
    const there = await until(lab.client, paths.configMaps, () => true);
    const names = new Set(there.map(({ metadata }) => metadata.name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('nodes', () => {
  const readyOf = (nodes: readonly Node[], name: string) =>
    conditionOf(nodes.find(({ metadata }) => metadata.name === name)?.status, 'Ready');
  const untilNodes = (isSo: (status: (name: string) => string | undefined) => boolean) =>
    until<Node>(
      lab.client,
      paths.nodes,
      (nodes) => isSo((name) => readyOf(nodes, name)?.status),
      recoveryMs,
    );
  const podsOn = (pods: readonly Pod[], node: string) =>
    pods.filter(({ spec }) => spec.nodeName === node);

  it('that are killed or cut off are not ready, nor are their pods, until they are back', async ({
    skip,
  }) => {
    skip(lab.cluster.mode === 'loopback', 'no links to cut');
    await workload.untilReady(3);
    const before = await until<Pod>(lab.client, paths.pods, () => true);
    // Who was slow when pods were taken away may have lost more than others.
    const here = podsOn(before, 'node-3').filter((pod) => isActive(pod) && isReady(pod)).length;
    const startedAt = performance.now();
    await lab.act('node-1', 'kill');
    await lab.act('node-2', 'cut');
    expect(await lab.until('node-1', ({ state }) => state === 'ended')).toMatchObject({
      faults: ['killed'],
    });
    expect(await lab.until('node-2', ({ state }) => state === 'unreachable')).toMatchObject({
      faults: ['cut'],
    });
    const nodes = await untilNodes(
      (status) => status('node-1') === 'Unknown' && status('node-2') === 'Unknown',
    );
    const silentMs = performance.now() - startedAt;
    expect(readyOf(nodes, 'node-1')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(readyOf(nodes, 'node-3')?.status).toBe('True');
    const leases = await until<Lease>(lab.client, paths.leases, () => true);
    const renewed = leases.find(({ metadata }) => metadata.name === 'node-1')?.spec?.renewTime;
    expect(Date.now() - Date.parse(renewed ?? '')).toBeGreaterThan(9000);
    await workload.untilReady(here, ['node-3']);
    const areLost = (pods: readonly Pod[]) =>
      ['node-1', 'node-2'].every((node) => podsOn(pods, node).every((pod) => !isReady(pod)));
    await until<Pod>(lab.client, paths.pods, areLost, recoveryMs);
    // What is new goes where somebody lives.
    await workload.scale(4);
    await workload.untilReady(here + 1, ['node-3']);

    const mendedAt = performance.now();
    await lab.act('node-1', 'restart');
    await lab.act('node-2', 'mend');
    await workload.untilReady(4);
    const backMs = performance.now() - mendedAt;
    await untilNodes((status) => status('node-1') === 'True' && status('node-2') === 'True');
    await lab.untilAllReady();
    process.stdout.write(
      `nodes: not ready after ${Math.round(silentMs)} ms, pods back after ${Math.round(backMs)} ms\n`,
    );
    expect(backMs).toBeLessThan(recoveryMs);
  });

  it('one that is paused is not ready, and goes on when it is resumed', async () => {
    await workload.settle(4);
    const pods = await until<Pod>(lab.client, paths.pods, () => true);
    const others = pods.filter(
      (pod) => isReady(pod) && isActive(pod) && pod.spec.nodeName !== 'node-3',
    );
    await lab.act('node-3', 'pause');
    expect(await lab.until('node-3', ({ state }) => state === 'unreachable')).toMatchObject({
      faults: ['paused'],
      message: 'no answer within 1500 ms',
    });
    await untilNodes((status) => status('node-3') === 'Unknown');
    await workload.untilReady(others.length, ['node-1', 'node-2']);
    await lab.act('node-3', 'resume');
    await workload.untilReady(4);
    await lab.until('node-3', isWell);
  });
});

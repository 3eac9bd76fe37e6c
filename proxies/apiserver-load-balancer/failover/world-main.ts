/** The first process of the world: measures, as it is told through its channel. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { callsTo, serveCalls } from '../../kit/testing/calls.ts';
import type { BalancerName } from '../conformance/world/balancer-methods.ts';
import { startBalancerProcess } from '../conformance/world/stage.ts';
import { layWorld } from '../conformance/world/world.ts';
import type { Load } from './load.ts';
import { measure, type Failover } from './measure.ts';
import { scenarios, type ScenarioId } from './scenario.ts';

const world = await layWorld();
const balancer = await startBalancerProcess(world);
const child = fork(fileURLToPath(new URL('load-main.ts', import.meta.url)));
await once(child, 'message');
const load = callsTo<Load>(child, ['start', 'stop']);

export interface FailoverWorld {
  measure(
    scenario: ScenarioId,
    balancer: BalancerName,
    requestsPerSecond: number,
    observedMs: number,
    checkTimeoutMs?: number,
  ): Promise<Failover>;
}

serveCalls({
  measure: async (id, name, requestsPerSecond, observedMs, checkTimeoutMs) => {
    const scenario = scenarios.find((one) => one.id === id);
    if (scenario === undefined) throw new Error(`No scenario is called ${id}.`);
    return measure(
      { world, balancer, load },
      {
        ...{ scenario, balancer: name, requestsPerSecond, observedMs },
        ...(checkTimeoutMs !== undefined && { checkTimeoutMs }),
      },
    );
  },
} satisfies FailoverWorld);
process.send?.('ready');

/** The first process of the world: churns, as it is told through its channel. */
import { serveCalls } from '../../kit/testing/calls.ts';
import { startBalancerProcess } from '../conformance/world/stage.ts';
import { layWorld } from '../conformance/world/world.ts';
import { churn, type ChurnOptions, type ChurnReport } from './churn.ts';

const world = await layWorld();
const balancer = await startBalancerProcess(world);

export interface ChurnWorld {
  churn(options: ChurnOptions): Promise<ChurnReport>;
}

serveCalls({ churn: (options) => churn(world, balancer, options) } satisfies ChurnWorld);
process.send?.('ready');

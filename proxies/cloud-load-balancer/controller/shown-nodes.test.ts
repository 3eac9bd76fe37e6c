/** A load balancer that shows the nodes' own addresses: its status follows them. */
import { afterEach, beforeEach, it } from 'vitest';
import type { Provider } from '../provider.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

const nodesPath = '/api/v1/nodes';

let world: ControllerWorld;
/** Nodes that the cloud has found to be ill by itself. */
let ill: Set<string>;

beforeEach(async () => {
  world = createControllerWorld();
  ill = new Set();
  for (const name of ['a', 'bb', 'ccc']) await world.cluster.api.create(nodesPath, nodeOf(name));
});

afterEach(() => world[Symbol.asyncDispose]());

const shown = () =>
  (world.service()?.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip).join(' ');

function showingNodes(): Provider {
  const { cloud } = world;
  const statusOf: Provider['getLoadBalancer'] = async (service, signal) => {
    if ((await cloud.getLoadBalancer(service, signal)) === null) return null;
    const [balancer] = cloud.balancers.values();
    const well = balancer?.nodes.filter((name) => !ill.has(name)) ?? [];
    return { ingress: well.map((name) => ({ ip: `172.30.0.${name.length}` })) };
  };
  return {
    ...cloud,
    getLoadBalancer: statusOf,
    ensureLoadBalancer: async (service, nodes, signal) => {
      await cloud.ensureLoadBalancer(service, nodes, signal);
      return (await statusOf(service, signal)) ?? {};
    },
  };
}

async function serve(): Promise<void> {
  await world.start({ provider: showingNodes() });
  await world.cluster.api.create(servicesPath, serviceOf());
  await world.until(() => shown() === '172.30.0.1 172.30.0.2 172.30.0.3');
  await world.settle();
}

it('is written when nodes come and go', async () => {
  await serve();
  await world.cluster.api.delete(`${nodesPath}/bb`);
  await world.until(() => shown() === '172.30.0.1 172.30.0.3');
  await world.cluster.api.create(nodesPath, nodeOf('dddd'));
  await world.until(() => shown() === '172.30.0.1 172.30.0.3 172.30.0.4');
});

it('is written 100 seconds after the cloud has found a node to be ill, at most', async () => {
  await serve();
  ill.add('ccc');
  await world.pass(100_000, 10_000);
  await world.until(() => shown() === '172.30.0.1 172.30.0.2');
});

it('is written again where the apiserver refused', async () => {
  await serve();
  ill.add('ccc');
  world.cluster.failNext(/^PATCH .*status/i, new Error('away'));
  await world.pass(100_000, 10_000);
  await world.until(() => world.log.some((line) => line.includes('away')));
  await world.until(() => shown() === '172.30.0.1 172.30.0.2');
});

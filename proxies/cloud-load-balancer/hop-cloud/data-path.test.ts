import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import type { ForwardedFlow } from '../forwarding.ts';
import {
  ask,
  askUdp,
  local,
  userspaceWorld,
  type NodePortServer,
  type UserspaceWorld,
} from '../userspace/testing/userspace-world.ts';
import { asked, cloudWorld, type CloudWorld } from './testing/cloud-world.ts';
import { startHealthServer } from './testing/health-servers.ts';
import { node, service } from './testing/objects.ts';

let stack: AsyncDisposableStack;
let below: UserspaceWorld;
let above: CloudWorld;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  below = stack.use(await userspaceWorld());
});
afterEach(() => stack.disposeAsync());

const check = {
  asks: 'kube-proxy',
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 1,
  unhealthyThreshold: 1,
} as const;

/** The pool has the one address that clients of the tests ask. */
async function cloudOver(healthPort: number): Promise<CloudWorld> {
  const { dataplane } = below;
  const options = {
    dataplane,
    addressPools: [`${local}.100-${local}.101`],
    profileOf: () => asked(hop, check),
    check: { port: healthPort },
  };
  return stack.use(await cloudWorld(options));
}

const portsTo = (tcp: NodePortServer, udp: NodePortServer) => [
  { name: 'tcp', protocol: 'TCP' as const, port: 7_070, nodePort: tcp.port },
  { name: 'udp', protocol: 'UDP' as const, port: 7_070, nodePort: udp.port },
];

describe('a Service of the hop cloud, over the userspace dataplane', () => {
  it('is reached over TCP and UDP, follows its nodes, and is refused when it is gone', async () => {
    const tcp = [await below.tcpNode('node-1'), await below.tcpNode('node-2')] as const;
    const addresses = tcp.map(({ target }) => target.address);
    const [first = '', second = ''] = addresses;
    const health = stack.use(await startHealthServer(first));
    const otherHealth = stack.use(await startHealthServer(second, health.port));
    // At the same addresses as the others.
    const udp = await below.udpNode('node-1');
    const nodes = [node('node-1', first), node('node-2', second)];
    above = await cloudOver(health.port);
    const { cloud, clock, signal } = above;
    const flows: ForwardedFlow[] = [];
    using listening = cloud.onFlow((flow) => flows.push(flow));
    await listening.ready;

    const shop = service('shop', { ports: portsTo(tcp[0], udp) });
    health.answer = 503;
    const status = await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect(status.ingress).toMatchObject([{ ip: `${local}.100`, ipMode: 'Proxy' }]);
    expect(await ask(7_070)).toBe('node-2');
    health.answer = 200;
    otherHealth.answer = 503;
    await expect
      .poll(
        async () => {
          await clock.pass(500);
          return ask(7_070);
        },
        { timeout: 15_000, interval: 20 },
      )
      .toBe('node-1');
    await expect.poll(() => flows.length, { timeout: 15_000 }).toBeGreaterThan(1);
    expect(flows[0]).toMatchObject({ service: 'shop/shop', node: 'node-2', mode: 'Proxy' });

    await cloud.updateLoadBalancer(shop, [], signal);
    expect(await ask(7_070)).toBe('ECONNREFUSED');
    const onUdpNode = node('node-3', udp.target.address);
    const unaskedHealth = stack.use(await startHealthServer(udp.target.address, health.port));
    await cloud.updateLoadBalancer(shop, [onUdpNode], signal);
    expect(unaskedHealth.asked).toBe(1);
    expect(await askUdp(7_070, 'hello')).toBe('node-1 hello');

    await cloud.ensureLoadBalancerDeleted(shop, signal);
    expect(await ask(7_070)).toBe('ECONNREFUSED');
    expect(await askUdp(7_070, 'hello')).toBe('ECONNREFUSED');
  });
});

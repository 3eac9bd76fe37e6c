import { expect, it } from 'vitest';
import { hopSchema } from '../kit/hop.ts';
import { hopsOfFlow } from './flow-hops.ts';
import type { ForwardedFlow } from './forwarding.ts';

const flow: ForwardedFlow = {
  service: 'shop/web',
  protocol: 'UDP',
  source: '192.0.2.10:40000',
  destination: '203.0.113.1:80',
  node: 'node-2',
  target: '172.30.0.22:30080',
  seenAs: '172.30.0.3:50000',
  mode: 'Proxy',
};
const hopsOf = (changed: Partial<ForwardedFlow> = {}) =>
  hopsOfFlow({ ...flow, ...changed }, 'userspace').map((hop) => hopSchema.parse(hop));

it('are two, under the name of the flow: to the load balancer, and on to a node', () => {
  const hops = hopsOf();
  expect(hops.map(({ request }) => request)).toEqual(Array(2).fill('UDP 192.0.2.10:40000'));
  expect(hops.map(({ from, to }) => [from, to])).toEqual([
    [
      { station: 'client', address: '192.0.2.10:40000' },
      { station: 'cloud-load-balancer', address: '203.0.113.1:80' },
    ],
    [
      { station: 'cloud-load-balancer', address: '172.30.0.3:50000' },
      { station: 'node', address: '172.30.0.22:30080' },
    ],
  ]);
});

it('say whether the node sees who the client is', () => {
  const decided = (mode: ForwardedFlow['mode']) => hopsOf({ mode })[1]?.decision;
  expect(decided('Proxy')).toMatchObject({
    key: 'cloud-load-balancer.forwarded',
    values: { node: 'node-2', seenAs: '172.30.0.3:50000', dataplane: 'userspace' },
  });
  expect(decided('VIP')?.key).toBe('cloud-load-balancer.passed-on');
});

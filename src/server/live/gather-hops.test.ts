import { describe, expect, test } from 'vitest';
import { hopsOfFlow } from '../../../proxies/cloud-load-balancer/flow-hops.ts';
import { flowName } from '../../../proxies/kit/connect-request.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import { gatherHops } from './gather-hops.ts';

const flow = { protocol: 'TCP', source: '192.0.2.10:40000' } as const;

function open() {
  const told: ((hop: Hop) => void)[] = [];
  const hops = gatherHops({
    onHop: (listener) => {
      told.push(listener);
      return { ready: Promise.resolve(), [Symbol.dispose]: () => undefined };
    },
  });
  const tell = (...seen: readonly Hop[]) => {
    for (const hop of seen) for (const listener of told) listener(hop);
  };
  return { hops, tell };
}

const cloudHops = (mode: 'VIP' | 'Proxy', seenAs: string) =>
  hopsOfFlow(
    {
      ...{ ...flow, service: 'shop/front', destination: '203.0.113.4:80', node: 'node-2' },
      ...{ target: '172.30.0.22:30080', seenAs, mode },
    },
    'nftables',
  );
const nodeHops = (source: string) =>
  [
    fakeHop(flowName('TCP', source), 'client', 'kube-proxy'),
    fakeHop(flowName('TCP', source), 'kube-proxy', 'pod'),
  ] as const;
const way = (hops: readonly Hop[]) => hops.map(({ from, to }) => `${from.station} ${to.station}`);
const whole = ['client cloud-load-balancer', 'cloud-load-balancer node', 'node pod'];

describe('the hops through a cloud', () => {
  test('are three, though the node knows the flow by another name', async () => {
    const { hops, tell } = open();
    const seenAs = '172.30.0.3:50000';
    tell(...nodeHops(seenAs), ...cloudHops('Proxy', seenAs));
    expect(way(await hops.throughCloud(flow, 5_000))).toEqual(whole);
  });

  test('are three where the node sees the client itself', async () => {
    const { hops, tell } = open();
    const gathered = hops.throughCloud(flow, 5_000);
    tell(...nodeHops(flow.source));
    tell(...cloudHops('VIP', flow.source));
    expect(way(await gathered)).toEqual(whole);
  });

  test('are told to each who waits at the same time', async () => {
    const { hops, tell } = open();
    const gathered = [hops.throughCloud(flow, 5_000), hops.throughCloud(flow, 5_000)];
    tell(...cloudHops('VIP', flow.source), ...nodeHops(flow.source));
    for (const found of await Promise.all(gathered)) expect(way(found)).toEqual(whole);
  });

  test('are forgotten after many others', async () => {
    const { hops, tell } = open();
    tell(...cloudHops('VIP', flow.source));
    for (let port = 1; port <= 1_000; port += 1) tell(...nodeHops(`192.0.2.11:${port}`));
    expect(await hops.throughCloud(flow, 20)).toEqual([]);
  });

  test('are those that have come by then', async () => {
    const { hops, tell } = open();
    tell(...cloudHops('Proxy', '172.30.0.3:50000'));
    expect(way(await hops.throughCloud(flow, 20))).toEqual(whole.slice(0, 2));
    expect(await hops.throughCloud({ ...flow, source: '192.0.2.10:1' }, 20)).toEqual([]);
  });
});

test('the hops of a Service are in the order of the way, however they come', async () => {
  const { hops, tell } = open();
  const [toService, toPod] = nodeHops(flow.source);
  tell(toPod, toService);
  expect(way(await hops.of(flow, 5_000))).toEqual(['client kube-proxy', 'kube-proxy pod']);
});

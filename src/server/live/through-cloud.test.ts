import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hopsOfFlow } from '../../../proxies/cloud-load-balancer/flow-hops.ts';
import { flowName } from '../../../proxies/kit/connect-request.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import { sendThroughProxy } from './proxied-request.ts';
import { openThroughCloud } from './through-cloud.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** A door whose inner connection has the same port, and whose hops come before the answer. */
async function openDoor(inner: (port: number) => string | null) {
  let tell: (hop: Hop) => void = () => undefined;
  const asked: string[] = [];
  const server = createServer(({ socket: { remotePort = 0 } }, response) => {
    const source = `192.0.2.1:${remotePort}`;
    const service = { service: 'shop/front-public', destination: '203.0.113.4:80' };
    const there = { node: 'node-2', target: '172.30.0.22:80', seenAs: source };
    const flow = { protocol: 'TCP', source, ...service, ...there, mode: 'VIP' } as const;
    const name = flowName('TCP', source);
    for (const hop of hopsOfFlow(flow, 'nftables')) tell(hop);
    tell(fakeHop(name, 'client', 'kube-proxy'));
    tell(fakeHop(name, 'kube-proxy', 'pod'));
    response.end('the shop');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const lab = {
    onHop: (listener: (hop: Hop) => void) => {
      tell = listener;
      return { ready: Promise.resolve(), [Symbol.dispose]: () => undefined };
    },
    behindDoor: async (source: string) => {
      asked.push(source);
      return inner(Number(source.split(':')[1]));
    },
  };
  const proxy = stack.use(await openThroughCloud(lab, { address: `127.0.0.1:${port}` }));
  return { proxy, asked };
}

async function ask(inner: (port: number) => string | null) {
  const { proxy, asked } = await openDoor(inner);
  const hops: Hop[] = [];
  const request = { method: 'GET', target: '/', headers: {} };
  const { signal } = new AbortController();
  const answer = stack.use(await sendThroughProxy(proxy, request, (hop) => hops.push(hop), signal));
  await answer.traced();
  answer.body.resume();
  return {
    status: answer.status,
    asked,
    way: hops.map(({ from, to }) => [from.station, to.station]),
  };
}

test('a request through the door has the hops of the connection behind it', async () => {
  const { status, asked, way } = await ask((port) => `192.0.2.1:${port}`);
  expect(status).toBe(200);
  expect(asked).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  expect(way).toEqual([
    ['client', 'cloud-load-balancer'],
    ['cloud-load-balancer', 'node'],
    ['node', 'pod'],
  ]);
});

test('a request whose connection nobody knows has an answer, and no hops', async () => {
  expect(await ask(() => null)).toMatchObject({ status: 200, way: [] });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { balances } from '../../balance.ts';
import { startServer, type SiteServer } from '../server.ts';
import { ask } from '../testing/ask.ts';
import { startFakeBackend, type FakeBackend } from '../testing/fake-backend.ts';
import type { FakeNetwork } from '../testing/fake-network.ts';
import { createLive } from './live.ts';
import type { LiveLine } from './lines.ts';

let stack: AsyncDisposableStack;
let backend: FakeBackend;
let network: FakeNetwork;
let server: SiteServer;

async function serve(kind?: FakeBackend['kind']) {
  backend = stack.use(await startFakeBackend(kind));
  if (backend.network) network = backend.network;
  const live = stack.use(createLive({ backend: () => backend }));
  server = stack.use(await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }));
}

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  await serve();
});
afterEach(() => stack.disposeAsync());

const post = (target: string, headers = {}) =>
  ask(server.port, target, { method: 'POST', headers });
const run = async (name: string) => lines((await post(`/live/examples/kube-proxy.${name}`)).body);
const lines = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LiveLine);
const codeOf = (body: string) => (JSON.parse(body) as { readonly code: string }).code;

describe('an example below HTTP', () => {
  test('is told message by message, with the hops of its flow from the client inwards', async () => {
    const told = await run('tcp');
    expect(told.slice(0, 5)).toEqual([
      { type: 'connected', local: '10.244.1.2:40000', remote: '10.96.0.20:7' },
      { type: 'message', from: 'client', text: 'Hello' },
      { type: 'message', from: 'target', text: 'Hello' },
      { type: 'message', from: 'client', text: 'Hop by hop' },
      { type: 'message', from: 'target', text: 'Hop by hop' },
    ]);
    const hops = told.flatMap((line) => (line.type === 'hop' ? [line.hop] : []));
    expect(hops.map(({ to }) => to.station)).toEqual(['kube-proxy', 'pod']);
    expect(new Set(hops.map(({ request }) => request))).toEqual(new Set(['TCP 10.244.1.2:40000']));
    expect(told.at(-1)).toMatchObject({ type: 'result', result: 'answered', connections: 1 });
  });

  test('of many connections tells what each was answered, and the hops of the first', async () => {
    const told = await run('whoami');
    const said = told.flatMap((line) => (line.type === 'message' ? [line.from] : []));
    expect(said.filter((from) => from === 'client')).toHaveLength(1);
    expect(said.filter((from) => from === 'target')).toHaveLength(12);
    expect(told.filter(({ type }) => type === 'hop')).toHaveLength(2);
    expect(told.at(-1)).toMatchObject({ result: 'answered', connections: 12, pods: 3 });
  });

  test('that is to be refused has no hops, and waits for none', async () => {
    network.result = 'ECONNREFUSED';
    const told = await run('no-endpoints');
    expect(told.map(({ type }) => type)).toEqual(['connected', 'message', 'result']);
    expect(told.at(-1)).toMatchObject({ result: 'refused' });
  });

  test('is unexpected where its descriptor says otherwise', async () => {
    expect((await run('no-endpoints')).at(-1)).toMatchObject({ result: 'unexpected' });
    expect((await run('affinity')).at(-1)).toMatchObject({ result: 'unexpected', pods: 3 });
    network.result = 'ETIMEDOUT';
    expect((await run('tcp')).at(-1)).toMatchObject({ result: 'unexpected' });
  });

  test.each(['sctp', 'node-port'])(
    '%s is not tried where the lab has no network for it',
    async (name) => {
      network.mode = 'loopback';
      const told = await run(name);
      expect(told).toMatchObject([{ type: 'error', code: 'not-isolated' }]);
    },
  );

  test('says why it could not be tried', async () => {
    network.connect = () => Promise.reject(new Error('The pod default/web-0 does not run.'));
    const [told] = await run('tcp');
    expect(told).toMatchObject({ type: 'error', code: 'connect-failed' });
    expect(JSON.stringify(told)).toContain('The pod default/web-0 does not run.');
  });
});

describe('how kube-proxy balances', () => {
  test('is told pod by pod, and then whether the shares are even', async () => {
    const told = lines((await post('/live/balance/kube-proxy')).body);
    expect(told[0]).toMatchObject({ type: 'pods' });
    const picks = told.flatMap((line) => (line.type === 'pick' ? [line.pod] : []));
    expect(picks).toHaveLength(balances['kube-proxy'].requests);
    expect(new Set(picks)).toEqual(new Set(['echo-0', 'echo-1', 'echo-2']));
    expect(told.at(-1)).toMatchObject({ type: 'result', result: 'even' });
  });

  test('breaks off where a connection is not answered', async () => {
    network.result = 'ECONNREFUSED';
    const told = lines((await post('/live/balance/kube-proxy')).body);
    expect(told.at(-1)).toMatchObject({ type: 'error', code: 'connect-failed' });
  });

  test('is counted of the proxies that have it, and no others', async () => {
    const answer = await post('/live/balance/kubectl-proxy');
    expect([answer.status, codeOf(answer.body)]).toEqual([404, 'unknown-path']);
  });
});

describe('the rules of a Service', () => {
  test('are those of the table that its addresses lead to', async () => {
    network.listing = listing;
    const { families } = await firstRules('/live/rules/node-2/platform/echo');
    const [ipv4, ipv6] = families;
    expect(ipv4?.groups.map(({ name }) => name)).toEqual([
      'cluster-ips',
      'service-ips',
      'pick-2',
      'tcp-endpoints',
    ]);
    expect(ipv4?.groups.every(({ what }) => what !== '')).toBe(true);
    const linesOf = (wanted: string) => ipv4?.groups.find(({ name }) => name === wanted)?.lines;
    expect(linesOf('cluster-ips')).toEqual(['10.96.0.20']);
    expect(linesOf('service-ips')).toEqual([
      '10.96.0.20 . tcp . 7 comment "platform/echo:tcp" : goto pick-2',
    ]);
    expect(linesOf('tcp-endpoints')).toHaveLength(2);
    expect(ipv6?.groups).toEqual([]);
    expect(network.commands).toEqual([
      ['node-2', ['nft', 'list', 'table', 'ip', 'kube-proxy']],
      ['node-2', ['nft', 'list', 'table', 'ip6', 'kube-proxy']],
    ]);
  });

  test('are none of a Service that causes none', async () => {
    expect((await firstRules('/live/rules/node-1/platform/echo')).text).toBe(
      'This node holds nothing for this Service.',
    );
  });

  test.each([
    ['/live/rules/node-9/platform/echo', 404, 'unknown-node'],
    ['/live/rules/node-1%3Breboot/platform/echo', 404, 'unknown-node'],
    ['/live/rules/apiserver-1/platform/echo', 404, 'unknown-node'],
    ['/live/rules/node-1/kube-system/kube-dns', 404, 'unknown-service'],
    ['/live/rules/node-1/platform', 404, 'unknown-path'],
  ])('%s is answered with %i %s, and nothing is run', async (target, status, code) => {
    const answer = await post(target);
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
    expect(network.commands).toEqual([]);
  });

  test('are not there where the bytes are passed on without them', async () => {
    network.mode = 'loopback';
    expect((await post('/live/rules/node-1/platform/echo')).status).toBe(409);
  });

  test('are read by pages of this site only', async () => {
    const answer = await post('/live/rules/node-1/platform/echo', {
      Origin: 'https://evil.example',
    });
    expect(answer.status).toBe(403);
    expect(network.commands).toEqual([]);
  });
});

test.each([
  '/live/examples/kube-proxy.tcp',
  '/live/balance/kube-proxy',
  '/live/rules/node-1/platform/echo',
])('a cluster has no %s', async (target) => {
  await serve('cluster');
  const answer = await post(target);
  expect([answer.status, codeOf(answer.body)]).toEqual([404, 'not-here']);
});

/** The first line of a stream that goes on; leaves then. */
async function firstRules(target: string): Promise<Extract<LiveLine, { type: 'rules' }>> {
  const leaving = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.port}${target}`, {
    method: 'POST',
    signal: leaving.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('\n')) text += (await reader?.read())?.value ?? '\n';
  leaving.abort();
  const [line] = lines(text.slice(0, text.indexOf('\n')));
  if (line?.type !== 'rules') throw new Error(text);
  return line;
}

const listing = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set cluster-ips {
		type ipv4_addr
		comment "Active ClusterIPs"
		elements = { 10.96.0.10, 10.96.0.20 }
	}

	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . udp . 53 comment "kube-system/kube-dns:dns" : goto pick-1,
			     10.96.0.20 . tcp . 7 comment "platform/echo:tcp" : goto pick-2 }
	}

	map tcp-endpoints {
		typeof ip daddr . tcp dport . numgen random mod 2 : ip daddr . tcp dport
		elements = { 10.96.0.20 . 7 . 0 : 10.244.1.3 . 7007, 10.96.0.20 . 7 . 1 : 10.244.2.3 . 7007 }
	}

	chain pick-2 {
		dnat ip to ip daddr . tcp dport . numgen random mod 2 map @tcp-endpoints
	}

	chain pick-1 {
		dnat ip to ip daddr . udp dport . numgen random mod 1 map @udp-endpoints
	}
}
`;

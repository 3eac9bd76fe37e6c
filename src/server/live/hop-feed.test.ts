import { expect, test } from 'vitest';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { createHopFeed, type Followed } from './hop-feed.ts';

const base: Hop = {
  request: 'r1',
  from: { station: 'client', address: '127.0.0.1:5000' },
  to: { station: 'kubectl-proxy', address: '127.0.0.1:8001' },
  protocol: 'HTTP/1.1',
  tls: null,
  method: 'GET',
  target: '/',
  decision: { key: 'accepted', values: {} },
  headers: { added: [], removed: [], changed: [] },
  status: null,
  atMs: 0,
  tookMs: 0,
  sentBytes: 0,
  receivedBytes: 0,
};
const inner: Hop = {
  ...base,
  from: { station: 'kubectl-proxy', address: '127.0.0.1:6000' },
  to: { station: 'apiserver', address: '127.0.0.1:6443' },
  status: 200,
};

function followed(what: Followed = { address: '127.0.0.1:5000' }) {
  const feed = createHopFeed();
  const told: Hop[] = [];
  const follower = feed.follow(what, (hop) => told.push(hop));
  return { feed, told, follower };
}

test('the hops of a request come from the client inwards, whatever order they were told in', () => {
  const { feed, told } = followed();
  feed.receive(inner);
  expect(told).toEqual([]);
  feed.receive(base);
  expect(told).toEqual([base, inner]);
});

test('who knows the id of a request follows it, whatever connection it came on', () => {
  const { feed, told } = followed({ request: 'r1' });
  feed.receive({ ...inner, request: 'r2' });
  feed.receive(inner);
  feed.receive({ ...base, from: { station: 'client', address: '192.0.2.9:1' } });
  expect(told.map(({ from }) => from.station)).toEqual(['client', 'kubectl-proxy']);
});

test('hops of other connections and other requests stay away', () => {
  const { feed, told } = followed({ address: '127.0.0.1:5001' });
  feed.receive(base);
  feed.receive(inner);
  feed.receive({ ...inner, request: 'r2' });
  expect(told).toEqual([]);
});

test('a trace is complete when the proxy answered itself', async () => {
  const { feed, follower } = followed();
  feed.receive({ ...base, status: 403 });
  await follower.complete(60_000);
});

test('a trace is complete when the hop behind the proxy has come', async () => {
  const { feed, follower } = followed();
  feed.receive(base);
  const complete = follower.complete(60_000);
  feed.receive(inner);
  await complete;
});

test('a trace that never comes keeps nobody waiting', async () => {
  await followed().follower.complete(1);
});

test('who stops following hears no more, and is counted no more', () => {
  const counts: number[] = [];
  const feed = createHopFeed((count) => counts.push(count));
  const told: Hop[] = [];
  const follower = feed.follow({ address: '127.0.0.1:5000' }, (hop) => told.push(hop));
  feed.receive(base);
  follower[Symbol.dispose]();
  feed.receive(inner);
  expect(told).toEqual([base]);
  expect(counts).toEqual([1, 0]);
});

import { expect, it } from 'vitest';
import type { Hop } from '../proxies/kit/hop.ts';
import { fakeHop } from '../proxies/kit/testing/fake-hop.ts';
import { createHopFeed } from './hop-feed.ts';

const hop = fakeHop('one', 'client', 'apiserver-proxy');

it('is on from the first listener to the last', async () => {
  const turns: boolean[] = [];
  const feed = createHopFeed();
  feed.connect(async (isFollowed) => turns.push(isFollowed));
  const seen: string[] = [];
  const listener = (one: Hop) => seen.push(one.request);
  const first = feed.onHop(listener);
  const second = feed.onHop(listener);
  await second.ready;
  feed.tell(hop);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  feed.tell(hop);
  expect(turns).toEqual([true]);
  second[Symbol.dispose]();
  feed.tell(hop);
  expect(seen).toEqual(['one', 'one', 'one']);
  feed.onHop(listener);
  expect(turns).toEqual([true, false, true]);
});

it('does not fail with the lab that has ended', async () => {
  const feed = createHopFeed();
  feed.connect(() => Promise.reject(new Error('The lab has ended.')));
  using subscription = feed.onHop(() => undefined);
  await subscription.ready;
});

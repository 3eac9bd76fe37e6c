/** Counting again after messages of the kernel's were lost, also where that fails at first. */
import { expect, it } from 'vitest';
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { ConntrackFollower } from '../../kit/netlink/conntrack.ts';
import { followCounts } from './live-counts.ts';

const listen = [{ host: '192.0.2.2', port: 6443 }];
const entry: ConntrackEntry = {
  family: 'IPv4',
  protocol: 'TCP',
  original: {
    ...{ source: '192.0.2.9', sourcePort: 40_001 },
    ...{ destination: '192.0.2.2', destinationPort: 6443 },
  },
  reply: {
    ...{ source: '10.0.0.11', sourcePort: 6443 },
    ...{ destination: '192.0.2.2', destinationPort: 40_001 },
  },
  isSourceNat: true,
  isDestinationNat: true,
  ...{ mark: 0, zone: 0, id: 1, tcpState: 'ESTABLISHED' },
};

it('goes on after a list that could not be had, and asks again for it', async () => {
  let follower: ConntrackFollower | undefined;
  let asked = 0;
  let isRefused = false;
  const kernel = {
    follow: (_: string, told: ConntrackFollower) => {
      follower = told;
      return Promise.resolve({ [Symbol.dispose]: () => undefined });
    },
    async *list() {
      asked += 1;
      await Promise.resolve();
      if (isRefused) throw new Error('ENOBUFS');
      yield [entry];
    },
  };
  using counts = await followCounts(listen, () => undefined, { kernel, againMs: 50 });
  const one = new Map([['10.0.0.11:6443', 1]]);
  expect(counts.active).toEqual(one);

  isRefused = true;
  follower?.onLost();
  await expect.poll(() => asked, { timeout: 15_000 }).toBeGreaterThan(2);
  // What ended while nobody counts is not kept in mind: a connection may have its number again.
  follower?.onEntry(entry);
  follower?.onEnd(entry);
  follower?.onEntry(entry);
  expect(counts.active).toEqual(one);

  follower?.onEnd(entry);
  expect(counts.active).toEqual(new Map());
  isRefused = false;
  await expect.poll(() => counts.active, { timeout: 15_000 }).toEqual(one);
});

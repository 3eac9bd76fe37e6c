import { expect, it, onTestFinished } from 'vitest';
import type { UdpPort } from '../endpoints/service-changes.ts';
import { createProxyMetrics } from '../metrics/proxy-metrics.ts';
import { createFakeClock } from '../../kit/testing/fake-clock.ts';
import { createUdpCleaner } from './udp-cleaner.ts';

const port = (key: string, address = `10.96.0.${key}`): UdpPort => ({
  ...{ key, addresses: [address], port: 53, nodePort: 0 },
  servingIPs: new Set(),
});

function setUp(ports: readonly UdpPort[] = [port('dns')]) {
  const clock = createFakeClock();
  const looks: string[] = [];
  const logged: string[] = [];
  const kernel: { failure: string | null; answer: Promise<unknown> | null } = {
    failure: null,
    answer: null,
  };
  const cleaner = createUdpCleaner({
    family: 'IPv4',
    findPorts: () => ports,
    clean: async (of) => {
      looks.push(`${clock.now()}: ${of.map(({ key }) => key).join()}`);
      await kernel.answer;
      if (kernel.failure !== null) throw new Error(kernel.failure);
      return { deleted: 1, tookMs: 3 };
    },
    retryIntervalMs: 30_000,
    clock,
    metrics: createProxyMetrics(['IPv4'], 'nftables'),
    log: (line) => logged.push(line),
  });
  onTestFinished(() => cleaner[Symbol.asyncDispose]());
  return { clock, looks, logged, kernel, cleaner };
}

it('looks at flows at once, and then at most once a second for all who ask', async () => {
  const { clock, looks, cleaner } = setUp();
  cleaner.request([]);
  await clock.pass(0);
  expect(looks).toEqual(['0: dns']);
  for (let round = 0; round < 10; round += 1) {
    cleaner.request([port(`gone-${round}`)]);
    await clock.pass(90);
  }
  expect(looks).toHaveLength(1);
  await clock.pass(60_000);
  const gone = Array.from({ length: 10 }, (_, round) => `gone-${round}`);
  expect(looks.slice(1)).toEqual([`1000: dns,${gone.join()}`]);
  cleaner.request([]);
  await clock.pass(0);
  expect(looks.slice(2)).toEqual(['60900: dns']);
});

it('looks again for what is asked while it looks', async () => {
  const { clock, looks, kernel, cleaner } = setUp();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  kernel.answer = promise;
  cleaner.request([]);
  await clock.pass(0);
  cleaner.request([port('gone')]);
  await clock.pass(5000);
  expect(looks).toEqual(['0: dns']);
  resolve(undefined);
  await clock.pass(1000);
  expect(looks.slice(1)).toEqual(['6000: dns,gone']);
});

it('repeats what failed, with the ports that are gone', async () => {
  const { clock, looks, logged, kernel, cleaner } = setUp();
  kernel.failure = 'EPERM';
  cleaner.request([port('gone')]);
  await clock.pass(29_999);
  expect(looks).toEqual(['0: dns,gone']);
  expect(logged).toEqual([expect.stringMatching(/^E.*IPv4: UDP flows: EPERM$/)]);
  kernel.failure = null;
  await clock.pass(60_000);
  expect(looks.slice(1)).toEqual(['30000: dns,gone']);
});

it('keeps each place once while flows cannot be looked at', async () => {
  const { clock, looks, kernel, cleaner } = setUp();
  kernel.failure = 'EPERM';
  for (let round = 0; round < 3; round += 1) {
    cleaner.request([port(`gone-${round}`, '10.96.0.20'), port('other')]);
    await clock.pass(30_000);
  }
  expect(looks.at(-1)).toBe('90000: dns,gone-2,other');
});

it('looks at nothing where nobody has UDP, or nobody asks', async () => {
  const { clock, looks, cleaner } = setUp([]);
  cleaner.request([]);
  await clock.pass(172_800_000);
  expect(looks).toEqual([]);
});

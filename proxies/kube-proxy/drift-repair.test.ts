import { expect, it } from 'vitest';
import { nextSync, startWorld } from './testing/start-world.ts';
import { createFakeClock } from '../kit/testing/fake-clock.ts';

/** A kube-proxy of one family, and how often it has written. */
async function startProxy(world: Awaited<ReturnType<typeof startWorld>>) {
  const clock = createFakeClock();
  const proxy = await world.start({ clock, settings: { families: ['IPv4'] } });
  await proxy.synced;
  const dataplane = world.mode.of('IPv4');
  const syncs = () => dataplane.changes.length;
  return { clock, proxy, dataplane, syncs };
}

it('repairs more and more seldom what somebody changes again and again, and says what that may be', async () => {
  await using world = await startWorld();
  const { clock, proxy, dataplane } = await startProxy(world);
  // The sync that nobody asks for may come at the same moment.
  const syncedAt = new Set<number>();
  proxy.onSync(() => syncedAt.add(clock.now()));
  // As two kube-proxies do: each repair of the one is a change to the other.
  for (let index = 0; index < 190; index += 1) {
    dataplane.drift('node[4711]');
    await clock.pass(500);
  }
  expect([...syncedAt]).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
  const again = world.logged.filter((line) => line.includes('again: it is repaired in'));
  expect(again).toHaveLength(8);
  expect(again[3]).toMatch(
    /IPv4: node\[4711\] changed .*, again: it is repaired in \d s\. Does another kube-proxy run on this node\?$/,
  );
});

it('repairs at once what is changed after a quiet time', async () => {
  await using world = await startWorld();
  const { clock, proxy, dataplane } = await startProxy(world);
  for (const who of ['nft[1]', 'nft[2]', 'nft[3]']) {
    const repaired = nextSync(proxy);
    dataplane.drift(who);
    await repaired;
    await clock.pass(2001);
  }
  const told = world.logged.filter((line) => line.includes('everything is compared and repaired'));
  expect(told).toHaveLength(3);
});

it('waits for no repair when it ends', async () => {
  await using world = await startWorld();
  const { clock, proxy, dataplane, syncs } = await startProxy(world);
  const repaired = nextSync(proxy);
  dataplane.drift('nft[1]');
  await repaired;
  dataplane.drift('nft[2]');
  const before = syncs();
  await proxy[Symbol.asyncDispose]();
  await clock.pass(60_000);
  expect(syncs()).toBe(before);
  expect(clock.waiting).toBe(0);
});

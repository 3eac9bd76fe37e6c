import { expect, it } from 'vitest';
import { createSyncRunner, type SyncRunnerOptions } from './sync-runner.ts';
import { createFakeClock } from '../kit/testing/fake-clock.ts';

function setUp(options: Partial<SyncRunnerOptions> = {}) {
  const clock = createFakeClock();
  const runs: number[] = [];
  const runner = createSyncRunner({
    run: () => {
      runs.push(clock.now());
      return Promise.resolve(true);
    },
    minIntervalMs: 1000,
    retryIntervalMs: 30_000,
    maxIntervalMs: 3_600_000,
    clock,
    ...options,
  });
  return { clock, runs, runner };
}

it('serves a lone request at once', async () => {
  const { clock, runs, runner } = setUp();
  await clock.pass(500);
  runner.request();
  await clock.pass(0);
  expect(runs).toEqual([500]);
  await clock.pass(5000);
  runner.request();
  await clock.pass(0);
  expect(runs).toEqual([500, 5500]);
});

it('serves what comes too soon after the last run together, when the pause is over', async () => {
  const { clock, runs, runner } = setUp();
  runner.request();
  await clock.pass(0);
  runner.request();
  await clock.pass(300);
  runner.request();
  runner.request();
  await clock.pass(10_000);
  expect(runs).toEqual([0, 1000]);
});

it('makes no pause when it is told to make none', async () => {
  const { clock, runs, runner } = setUp({ minIntervalMs: 0 });
  for (let round = 0; round < 3; round += 1) {
    runner.request();
    await clock.pass(0);
  }
  expect(runs).toEqual([0, 0, 0]);
});

it('runs again for what is asked while it runs, and never twice at a time', async () => {
  const ends: (() => void)[] = [];
  let underWay = 0;
  let most = 0;
  const { clock, runner } = setUp({
    minIntervalMs: 0,
    run: async () => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
      return true;
    },
  });
  runner.request();
  await clock.pass(0);
  runner.request();
  runner.request();
  await clock.pass(5000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await clock.pass(0);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await clock.pass(10_000);
  expect(ends).toHaveLength(2);
  expect(most).toBe(1);
});

it('tries what failed again after the retry interval, or sooner when it is asked', async () => {
  const runs: number[] = [];
  const { clock, runner } = setUp({
    run: () => {
      runs.push(clock.now());
      return Promise.resolve(runs.length > 3);
    },
  });
  runner.request();
  await clock.pass(29_999);
  expect(runs).toEqual([0]);
  await clock.pass(1);
  await clock.pass(2000);
  runner.request();
  await clock.pass(0);
  expect(runs).toEqual([0, 30_000, 32_000]);
  await clock.pass(30_000);
  await clock.pass(100_000);
  expect(runs).toEqual([0, 30_000, 32_000, 62_000]);
});

it('runs without being asked when the longest interval is over', async () => {
  const { clock, runs, runner } = setUp();
  runner.request();
  await clock.pass(3_600_000);
  expect(runs).toEqual([0, 3_600_000]);
});

it('does nothing before it is asked: what is not known yet must not be written', async () => {
  const { clock, runs } = setUp();
  await clock.pass(7_200_000);
  expect(runs).toEqual([]);
});

it('goes by the time that passes: a clock that is set back or forth changes nothing', async () => {
  const { clock, runs, runner } = setUp();
  runner.request();
  await clock.pass(0);
  clock.setWall(clock.wall() - 86_400_000);
  runner.request();
  await clock.pass(1000);
  clock.setWall(clock.wall() + 2 * 86_400_000);
  await clock.pass(2000);
  runner.request();
  await clock.pass(0);
  expect(runs).toEqual([0, 1000, 3000]);
});

it('waits for the run that is under way when it is stopped, and starts no other', async () => {
  const ends: (() => void)[] = [];
  const { clock, runner } = setUp({
    minIntervalMs: 0,
    run: async () => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return true;
    },
  });
  runner.request();
  await clock.pass(0);
  runner.request();
  let isStopped = false;
  const stopping = runner[Symbol.asyncDispose]().then(() => (isStopped = true));
  await clock.pass(0);
  expect(isStopped).toBe(false);
  ends[0]?.();
  await stopping;
  runner.request();
  await clock.pass(10_000_000);
  expect(ends).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../kit/testing/fake-clock.ts';
import { startHealthServer, type HealthServer } from '../testing/health-servers.ts';
import { afterAnswer, unknownHealth } from './health.ts';
import { HealthChecks, type CheckedNode } from './health-checks.ts';

const check: CheckedNode['check'] = {
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

let stack: AsyncDisposableStack;
let clock: FakeClock;
let checks: HealthChecks;
let changes: (readonly string[])[];

beforeEach(() => {
  stack = new AsyncDisposableStack();
  clock = createFakeClock();
  changes = [];
  checks = stack.use(new HealthChecks({ clock, onChange: (owners) => changes.push(owners) }));
});
afterEach(() => stack.disposeAsync());

async function server(answer: HealthServer['answer'] = 200): Promise<HealthServer & CheckedNode> {
  const started = stack.use(await startHealthServer('127.0.0.1'));
  started.answer = answer;
  return Object.assign(started, { check, how: 'healthz' as const });
}

/** Lets the clock pass until it has been asked so often: slowly, so that answers come in time. */
async function untilAsked(asked: HealthServer, times: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await clock.pass(10);
        return asked.asked;
      },
      { timeout: 15_000, interval: 5 },
    )
    .toBeGreaterThanOrEqual(times);
}

async function untilHealth(node: CheckedNode, health: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await clock.pass(100);
        return checks.healthOf(node);
      },
      { timeout: 15_000, interval: 5 },
    )
    .toBe(health);
}

describe('health checks', () => {
  it('ask at once, and believe the first answer', async () => {
    const [well, ill] = [await server(200), await server(503)];
    checks.want('shop', [well, ill]);
    expect([well, ill].map((node) => checks.healthOf(node))).toEqual(['unknown', 'unknown']);
    await checks.answered('shop');
    expect([well, ill].map((node) => checks.healthOf(node))).toEqual(['healthy', 'unhealthy']);
    expect(changes).toEqual([['shop'], ['shop']]);
  });

  it('take a node that refuses, or does not answer in time, for unhealthy', async () => {
    const silent = await server('silent');
    const { port } = await server();
    const gone: CheckedNode = { address: '127.0.0.254', port, how: 'healthz', check };
    checks.want('shop', [gone]);
    await checks.answered('shop');
    expect(checks.healthOf(gone)).toBe('unhealthy');
    checks.want('shop', [silent]);
    await expect.poll(() => silent.asked, { timeout: 15_000 }).toBe(1);
    await clock.pass(1_999);
    expect(checks.healthOf(silent)).toBe('unknown');
    await clock.pass(1);
    await checks.answered('shop');
    expect(checks.healthOf(silent)).toBe('unhealthy');
  });

  it('ask each node once for a thousand Services, and nobody when none is left', async () => {
    const nodes = [await server(), await server(), await server()];
    const owners = Array.from({ length: 1_000 }, (_, number) => `service ${number}`);
    for (const owner of owners) checks.want(owner, nodes);
    expect(checks.count).toBe(3);
    await Promise.all(owners.map((owner) => checks.answered(owner)));
    expect(nodes.map(({ asked }) => asked)).toEqual([1, 1, 1]);
    expect(changes.map(({ length }) => length)).toEqual([1_000, 1_000, 1_000]);
    for (const owner of owners) checks.want(owner, []);
    expect(checks.count).toBe(0);
    await expect.poll(() => clock.waiting, { timeout: 15_000 }).toBe(0);
  });

  it('know a node at once for the second Service', async () => {
    const node = await server();
    checks.want('one', [node]);
    await checks.answered('one');
    checks.want('other', [node]);
    await checks.answered('other');
    expect(checks.healthOf(node)).toBe('healthy');
    expect(node.asked).toBe(1);
  });

  it('change their mind after as many answers as the thresholds say', async () => {
    const node = await server(200);
    checks.want('shop', [node]);
    await checks.answered('shop');
    node.answer = 503;
    const before = node.asked;
    await untilHealth(node, 'unhealthy');
    expect(node.asked - before).toBe(3);
    node.answer = 200;
    const between = node.asked;
    await untilHealth(node, 'healthy');
    expect(node.asked - between).toBe(2);
  });

  it('only knock at node ports', async () => {
    const { address, port, ...node } = await server(503);
    const open: CheckedNode = { address, port, how: 'connect', check };
    const closed: CheckedNode = { ...open, address: '127.0.0.254' };
    checks.want('shop', [open, closed]);
    await checks.answered('shop');
    expect([open, closed].map((each) => checks.healthOf(each))).toEqual(['healthy', 'unhealthy']);
    expect(node.asked).toBe(0);
  });

  it('ask a node again sooner that was never well', async () => {
    const node = await server(503);
    checks.want('shop', [node]);
    await checks.answered('shop');
    node.answer = 200;
    const fromMs = clock.now();
    await untilAsked(node, 3);
    expect(clock.now() - fromMs).toBeLessThan(check.intervalSeconds * 1_000);
  });

  it('ask such a node soon again for seconds, where clients are refused meanwhile', async () => {
    const [alone, other, well] = [await server(503), await server(503), await server(200)];
    checks.want('refused', [alone]);
    checks.want('served', [other, well]);
    await Promise.all(['refused', 'served'].map((owner) => checks.answered(owner)));
    const fromMs = clock.now();
    await untilAsked(alone, 12);
    expect(clock.now() - fromMs).toBeLessThan(2 * check.intervalSeconds * 1_000);
    expect(other.asked).toBeLessThan(alone.asked);
    alone.answer = 200;
    await untilHealth(alone, 'healthy');
  });

  it('ask no more than so many at once', async () => {
    const limited = stack.use(new HealthChecks({ clock, onChange: () => undefined, limit: 2 }));
    const nodes = [await server('silent'), await server('silent'), await server()];
    limited.want('shop', nodes);
    await expect
      .poll(() => nodes.map(({ asked }) => asked), { timeout: 15_000 })
      .toEqual([1, 1, 0]);
    await clock.pass(check.timeoutSeconds * 1_000);
    await limited.answered('shop');
    expect(nodes.map((node) => limited.healthOf(node))).toEqual([
      'unhealthy',
      'unhealthy',
      'healthy',
    ]);
  });

  it('leave nothing behind that waits', async () => {
    const node = await server();
    checks.want('shop', [node, await server('silent')]);
    await expect.poll(() => node.asked, { timeout: 15_000 }).toBe(1);
    checks[Symbol.dispose]();
    await checks.answered('shop');
    await expect.poll(() => clock.waiting, { timeout: 15_000 }).toBe(0);
  });
});

describe('what answers add up to', () => {
  it('never changes before the threshold, and always at it', () => {
    const threshold = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        threshold,
        threshold,
        fc.array(fc.boolean(), { minLength: 1 }),
        (up, down, said) => {
          const thresholds = { ...check, healthyThreshold: up, unhealthyThreshold: down };
          let record = unknownHealth;
          let streak = 0;
          for (const [turn, isGood] of said.entries()) {
            const before = record.health;
            record = afterAnswer(record, isGood, thresholds);
            const told = isGood ? 'healthy' : 'unhealthy';
            streak = told === before ? 0 : streak + 1;
            const isEnough = turn === 0 || streak >= (isGood ? up : down);
            expect(record.health).toBe(isEnough ? told : before);
            if (isEnough) streak = 0;
          }
        },
      ),
    );
  });
});

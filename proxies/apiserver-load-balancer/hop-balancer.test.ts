import { describe, expect, it, onTestFinished } from 'vitest';
import type { WantedBackend } from './backend.ts';
import type { BalancerOptions } from './balancer.ts';
import type { CheckEvent } from './checks/check-state.ts';
import { startHopBalancer } from './hop-balancer.ts';
import { createFakeChecks } from './testing/fake-checks.ts';
import { createFakeDataplane } from './testing/fake-dataplane.ts';

const good: CheckEvent = { kind: 'good' };
const doubt: CheckEvent = { kind: 'doubt', reason: 'late' };
const bad: CheckEvent = { kind: 'bad', reason: 'answers 500: [-]etcd failed: reason withheld' };
const refused: CheckEvent = { kind: 'refused', reason: 'connection refused' };
const untrusted: CheckEvent = { kind: 'untrusted', reason: 'x509: unknown authority' };

const check = {
  ...{ path: '/readyz', intervalMs: 20, timeoutMs: 500, rise: 2, fall: 2 },
  ...{ caPem: null, serverName: null },
};

const settings: BalancerOptions = {
  listen: [{ host: '127.0.0.1', port: 6443 }],
  balance: 'round-robin',
  ...{ dialTimeoutMs: 500, keepAliveMs: 0, idleTimeoutMs: 0, maxConnectionAgeMs: 0 },
  proxyProtocol: 'off',
  log: () => undefined,
  check,
  whenNoneReady: 'try-all',
  drainTimeoutMs: 0,
};

const named = (name: string, more: Partial<WantedBackend> = {}): WantedBackend => ({
  ...{ name, address: '192.0.2.1', port: 6443, family: 'IPv4', isDraining: false },
  ...more,
});

const [a, b, c] = [named('a'), named('b'), named('c')];

/** With a dataplane and checks that do as they are told. */
async function started(options: Partial<BalancerOptions & { endWithinMs: number }> = {}) {
  const news = createNews();
  const dataplane = createFakeDataplane(news.tell);
  const checks = createFakeChecks(check);
  const lines: string[] = [];
  const balancer = await startHopBalancer({
    ...settings,
    ...options,
    log: (line) => {
      lines.push(line);
      news.tell();
    },
    dataplane: 'userspace',
    createDataplane: dataplane.create,
    watchBackend: checks.watch,
  });
  onTestFinished(() => balancer[Symbol.asyncDispose]());
  balancer.onStatus(news.tell);
  return {
    ...{ balancer, dataplane, checks, lines, until: news.until },
    happen: (name: string, event: CheckEvent) => checks.happen(name, event),
    conditions: async () =>
      (await balancer.statuses())?.map(({ backend, condition }) => `${backend.name} ${condition}`),
  };
}

/** Whoever waits looks again when there are news. */
function createNews() {
  let next = Promise.withResolvers<undefined>();
  return {
    tell: () => {
      next.resolve(undefined);
      next = Promise.withResolvers();
    },
    until: async (isSo: () => boolean) => {
      for (;;) {
        const news = next.promise;
        if (isSo()) return;
        await news;
      }
    },
  };
}

describe('who gets new connections', () => {
  it('is nobody before there is a list, then all of it, then those that are ready', async () => {
    const { balancer, dataplane, happen, until } = await started();
    expect(dataplane.plans).toEqual([]);
    await balancer.setBackends([a, b, c]);
    expect(dataplane.eligible).toEqual(['a', 'b', 'c']);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'b');
    happen('a', good);
    await until(() => dataplane.eligible.join() === 'a,b');
  });

  it('is told with the connections that end, once', async () => {
    const { balancer, dataplane, happen, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    happen('a', refused);
    await until(() => dataplane.eligible.join() === 'b');
    expect(dataplane.resets).toEqual(['a']);
    happen('b', doubt);
    happen('b', good);
    happen('a', good);
    happen('a', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    expect(dataplane.resets).toEqual(['a']);
    happen('a', refused);
    await until(() => dataplane.resets.length === 2);
    expect(dataplane.resets).toEqual(['a', 'a']);
  });

  it('does not depend on what passed while a plan was applied: the newest wins', async () => {
    const { balancer, dataplane, happen, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    const gate = Promise.withResolvers<undefined>();
    dataplane.gate = gate.promise;
    const before = dataplane.plans.length;
    happen('a', doubt);
    await until(() => true);
    await Promise.resolve();
    for (const event of [good, doubt, good, doubt, good]) happen('a', event);
    dataplane.gate = null;
    gate.resolve(undefined);
    await until(() => dataplane.plans.length > before && dataplane.eligible.join() === 'a,b');
    expect(dataplane.plans.length - before).toBeLessThanOrEqual(2);
  });

  it('is told again when that failed, with the resets', async () => {
    const { balancer, dataplane, happen, lines, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    dataplane.failure = 'No buffer space available';
    happen('a', refused);
    await until(() => lines.some((line) => line.includes('No buffer space available')));
    expect(dataplane.resets).toEqual([]);
    dataplane.failure = null;
    await until(() => dataplane.eligible.join() === 'b');
    expect(dataplane.resets).toEqual(['a']);
  });

  it('is nobody that came back while the plan to reset it failed', async () => {
    const { balancer, dataplane, happen, lines, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    dataplane.failure = 'No buffer space available';
    happen('a', refused);
    await until(() => lines.some((line) => line.includes('No buffer space available')));
    happen('a', good);
    happen('a', good);
    happen('a', doubt);
    dataplane.failure = null;
    await until(() => dataplane.eligible.join() === 'b');
    happen('a', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    expect(dataplane.resets).toEqual([]);
  });

  it('with nobody ready, is said in the log', async () => {
    const { balancer, happen, lines, until } = await started({ whenNoneReady: 'refuse' });
    const says = (text: string) => lines.some((line) => line.endsWith(`hop] ${text}`));
    await balancer.setBackends([a, b]);
    expect(says('No backend is ready: new connections go to a, b')).toBe(true);
    happen('a', good);
    await until(() => says('New connections go to backends that are ready'));
    happen('a', refused);
    happen('b', bad);
    await until(() => says('No backend is ready: new connections are refused'));
    expect(says('Backend a is dead, was ready: connection refused')).toBe(true);
  });
});

describe('a new list', () => {
  it('that is the same costs nothing', async () => {
    const { balancer, dataplane, checks } = await started();
    await balancer.setBackends([a, b]);
    await balancer.setBackends([named('a'), named('b')]);
    expect(dataplane.plans).toHaveLength(1);
    expect(checks.begun).toBe(2);
  });

  it('is refused when a backend is on it twice, and the one before holds', async () => {
    const { balancer, conditions } = await started();
    await balancer.setBackends([a]);
    await expect(balancer.setBackends([b, b])).rejects.toThrow('backend b is on the list twice');
    expect(await conditions()).toEqual(['a unknown']);
  });

  it('that cannot be applied is not in force, and the one before is', async () => {
    const { balancer, dataplane, checks, happen, until } = await started();
    await balancer.setBackends([a]);
    happen('a', good);
    dataplane.failure = 'No buffer space available';
    await expect(balancer.setBackends([b])).rejects.toThrow('No buffer space available');
    dataplane.failure = null;
    const { length } = dataplane.plans;
    await until(() => dataplane.plans.length > length && dataplane.eligible.join() === 'a');
    await until(() => !checks.watched.has('b'));
  });

  it('takes backends off: they are watched while they have connections, and their death ends those', async () => {
    const { balancer, dataplane, checks, happen, conditions, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    dataplane.active.set('a', 3);
    await balancer.setBackends([b]);
    expect(dataplane.eligible).toEqual(['b']);
    expect((await balancer.statuses())?.[1]).toMatchObject({ backend: { isDraining: true } });
    happen('a', refused);
    await until(() => dataplane.resets.join() === 'a');
    await until(() => !checks.watched.has('a'));
    expect(await conditions()).toEqual(['b ready']);
  });

  it('forgets those without connections', async () => {
    const { balancer, dataplane, checks, happen, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    await balancer.setBackends([a]);
    await until(() => !checks.watched.has('b'));
    expect(dataplane.resets).toEqual([]);
  });

  it('brings those back that were taken off, as they are', async () => {
    const { balancer, dataplane, checks, happen } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    dataplane.active.set('b', 1);
    await balancer.setBackends([a]);
    await balancer.setBackends([b, a]);
    expect(dataplane.eligible).toEqual(['b', 'a']);
    expect(checks.begun).toBe(2);
  });

  it('with another host name for a backend has it checked anew', async () => {
    const { balancer, dataplane, checks, happen, until } = await started();
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'a,b');
    await balancer.setBackends([named('a', { host: 'one.example' }), b]);
    expect(checks.begun).toBe(3);
    expect(dataplane.eligible).toEqual(['b']);
  });
});

describe('a backend drains', () => {
  const drainTimeoutMs = 40;

  it.each([
    ['that is not ready', [a, b], bad],
    ['that is not trusted any more', [a, b], untrusted],
    ['that the operator drains', [named('a', { isDraining: true }), b], null],
    ['that was taken off', [b], null],
  ] as const)('%s: it keeps its connections for a time', async (_, list, event) => {
    const { balancer, dataplane, happen, lines, until } = await started({ drainTimeoutMs });
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    dataplane.active.set('a', 1);
    await until(() => dataplane.eligible.join() === 'a,b');
    await balancer.setBackends(list);
    if (event) happen('a', event);
    await until(() => dataplane.eligible.join() === 'b');
    expect(dataplane.resets).toEqual([]);
    await until(() => dataplane.resets.length > 0);
    expect(dataplane.resets).toEqual(['a']);
    expect(lines.filter((line) => line.includes('time to drain'))).toHaveLength(1);
  });

  it('that comes back in time keeps them', async () => {
    const { balancer, dataplane, happen, lines, until } = await started({ drainTimeoutMs });
    await balancer.setBackends([a, b, c]);
    for (const name of ['a', 'b', 'c']) happen(name, good);
    happen('a', bad);
    happen('b', bad);
    await until(() => dataplane.eligible.join() === 'c');
    happen('b', good);
    happen('b', good);
    await until(() => lines.some((line) => line.includes('Backend a has had its time to drain')));
    await until(() => dataplane.resets.length > 0);
    expect(dataplane.resets).toEqual(['a']);
  });

  it('that is tried because nobody is ready does not', async () => {
    const { balancer, dataplane, happen, until } = await started({ drainTimeoutMs });
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    happen('a', bad);
    happen('b', bad);
    await until(() => dataplane.eligible.join() === 'a,b');
    // One is taken off, and out of time when the other would be.
    dataplane.active.set('b', 1);
    await balancer.setBackends([a]);
    await until(() => dataplane.resets.length > 0);
    expect(dataplane.resets).toEqual(['b']);
  });

  it('and dies meanwhile: its connections end then, and once', async () => {
    const { balancer, dataplane, happen, lines, until } = await started({ drainTimeoutMs });
    await balancer.setBackends([a, b]);
    happen('a', good);
    happen('b', good);
    happen('a', bad);
    await until(() => dataplane.eligible.join() === 'b');
    happen('a', refused);
    await until(() => dataplane.resets.length === 1);
    happen('b', bad);
    happen('b', good);
    happen('b', good);
    await until(() => dataplane.eligible.join() === 'b');
    expect(dataplane.resets).toEqual(['a']);
    expect(lines.filter((line) => line.includes('time to drain'))).toEqual([]);
  });
});

it('hands on what the data path saw', async () => {
  const { balancer, checks, dataplane } = await started();
  await balancer.setBackends([a]);
  dataplane.options.onSighting({ backend: a, saw: 'dial-failed', reason: 'refused' });
  dataplane.options.onSighting({ backend: c, saw: 'no-answer', reason: 'late' });
  expect(checks.sightings).toEqual([['a', 'dial-failed']]);
});

it('tells whoever listens of each change, until he does not', async () => {
  const { balancer, happen } = await started();
  await balancer.setBackends([a]);
  let told = 0;
  const listening = balancer.onStatus(() => (told += 1));
  happen('a', good);
  expect(told).toBe(1);
  happen('a', good);
  expect(told).toBe(1);
  listening[Symbol.dispose]();
  happen('a', refused);
  expect(told).toBe(1);
});

it('ends also where its dataplane never answers, and says so', async () => {
  const { balancer, dataplane, checks, lines } = await started({ endWithinMs: 1 });
  await balancer.setBackends([a]);
  dataplane.gate = new Promise(() => undefined);
  const setting = balancer.setBackends([a, b]);
  const refusal = expect(setting).rejects.toThrow('stopped');
  await expect.poll(() => dataplane.plans.length, { timeout: 20_000 }).toBe(2);
  await balancer[Symbol.asyncDispose]();
  await refusal;
  expect(lines.at(-1)).toContain('The userspace dataplane does not answer to its last plan');
  expect(dataplane.isClosed).toBe(true);
  expect(checks.watched.size).toBe(0);
});

it('ends also where its dataplane does not', async () => {
  const { balancer, dataplane, lines } = await started({ endWithinMs: 1 });
  dataplane.isEndless = true;
  await balancer[Symbol.asyncDispose]();
  expect(lines.at(-1)).toContain('The userspace dataplane does not end: it is left as it is');
});

it('ends with everything that it owns, also in the middle of a plan', async () => {
  const { balancer, dataplane, checks } = await started();
  const gate = Promise.withResolvers<undefined>();
  dataplane.gate = gate.promise;
  const setting = balancer.setBackends([a, b]);
  await Promise.resolve();
  const next = balancer.setBackends([a]);
  const ended = balancer[Symbol.asyncDispose]();
  const refusal = expect(next).rejects.toThrow('stopped');
  await expect(Promise.race([ended, Promise.resolve('waits')])).resolves.toBe('waits');
  expect(dataplane.isClosed).toBe(false);
  gate.resolve(undefined);
  await setting;
  await refusal;
  await ended;
  await expect(balancer.setBackends([b])).rejects.toThrow('stopped');
  expect(dataplane.isClosed).toBe(true);
  expect(checks.watched.size).toBe(0);
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FailoverLine } from '../../failover.ts';
import { startServer } from '../server.ts';
import { ask } from '../testing/ask.ts';
import { startFakeApiservers, type FakeApiservers } from '../testing/fake-apiservers.ts';
import { startFakeBackend } from '../testing/fake-backend.ts';
import { fakeNetwork } from '../testing/fake-network.ts';
import type { LiveBackend } from './backend.ts';
import { tryFailover } from './failover.ts';
import { createLive } from './live.ts';

let stack: AsyncDisposableStack;
let apiservers: FakeApiservers;

const quick = { beforeMs: 400, quietMs: 600, mostMs: 10_000 };

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  await begin();
});
afterEach(() => stack.disposeAsync());

async function begin(refusesFor?: number) {
  apiservers = stack.use(await startFakeApiservers(['one', 'two', 'three'], refusesFor));
}

async function backendOf(): Promise<LiveBackend> {
  const { lab, proxy, pathOf } = apiservers;
  return {
    ...stack.use(await startFakeBackend()),
    machines: lab,
    network: { ...fakeNetwork(), pathOf },
    proxies: { 'apiserver-load-balancer': proxy },
  };
}

const tried = async (lines: FailoverLine[] = [], signal = AbortSignal.timeout(30_000)) =>
  tryFailover(await backendOf(), apiservers.lab, (line) => lines.push(line), signal, quick);

describe('a failover', () => {
  test('kills the apiserver that has the watch, and follows it to another', async () => {
    const lines: FailoverLine[] = [];
    const summary = await tried(lines);
    // Some may have been on their way just then; none of those that follow fails.
    expect(summary.result).not.toBe('stuck');
    expect(summary.watchOpenMs).toBeGreaterThanOrEqual(summary.watchEndedMs ?? Infinity);
    const [first, ...rest] = lines.filter((line) => line.type === 'watch');
    expect(apiservers.done).toEqual([`kill ${first?.apiserver}`, `restart ${first?.apiserver}`]);
    expect(rest.map(({ state }) => state)).toEqual(['ended', 'open']);
    expect(rest[1]?.apiserver).not.toBe(first?.apiserver);
    const asked = new Set(lines.flatMap((line) => (line.type === 'attempt' ? line.apiserver : [])));
    expect(asked.size).toBeGreaterThanOrEqual(2);
  });

  test('counts the requests that nobody answered', async () => {
    await begin(3);
    const summary = await tried();
    expect(summary.result).toBe('moved');
    expect(summary.failed).toBeGreaterThan(0);
    expect(summary.settledMs).toBeGreaterThan(0);
  });

  test('starts the apiserver again when the reader goes away in the middle', async () => {
    const reader = new AbortController();
    const lines: FailoverLine[] = [];
    const backend = await backendOf();
    const trying = tryFailover(
      backend,
      apiservers.lab,
      (line) => {
        lines.push(line);
        if (line.type === 'killed') setImmediate(() => reader.abort());
      },
      reader.signal,
      quick,
    );
    await expect(trying).rejects.toThrow();
    const [, restarted] = apiservers.done;
    expect(restarted).toMatch(/^restart /);
    expect(apiservers.lab.machines().every(({ state }) => state === 'ready')).toBe(true);
    const told = lines.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(lines).toHaveLength(told);
  });

  test('is not begun with fewer than two that are ready', async () => {
    await apiservers.lab.act('one', 'kill');
    await apiservers.lab.act('two', 'kill');
    await expect(tried()).rejects.toMatchObject({ code: 'too-few-apiservers' });
    expect(apiservers.done).toHaveLength(2);
  });

  test('counts what it tells, and tells nothing while the apiserver is started again', async () => {
    const lines: FailoverLine[] = [];
    const { lab } = apiservers;
    const slow: typeof lab = {
      ...lab,
      act: async (name, action) => {
        if (action === 'restart') await new Promise((resolve) => setTimeout(resolve, 400));
        await lab.act(name, action);
      },
    };
    const tell = (line: FailoverLine) => lines.push(line);
    const signal = AbortSignal.timeout(30_000);
    const { requests } = await tryFailover(await backendOf(), slow, tell, signal, quick);
    expect(lines.filter((line) => line.type === 'attempt')).toHaveLength(requests);
  });

  test('leaves alone what somebody else has killed in the meantime', async () => {
    const lines: FailoverLine[] = [];
    const others: Promise<void>[] = [];
    const tell = (line: FailoverLine) => {
      lines.push(line);
      if (line.type !== 'watch' || line.state !== 'open' || others.length > 0) return;
      others.push(apiservers.lab.act('one', 'kill'));
    };
    const signal = AbortSignal.timeout(30_000);
    await tryFailover(await backendOf(), apiservers.lab, tell, signal, quick);
    await Promise.all(others);
    const [theirs = '', ours = '', again = ''] = apiservers.done;
    expect(ours).toMatch(/^kill /);
    expect(ours).not.toBe(theirs);
    expect(again).toBe(ours.replace('kill', 'restart'));
    expect(apiservers.done).toHaveLength(3);
  });

  test('says that nobody answers, and kills nobody', async () => {
    const backend = await backendOf();
    await apiservers[Symbol.asyncDispose]();
    const signal = AbortSignal.timeout(30_000);
    await expect(
      tryFailover(backend, apiservers.lab, () => undefined, signal, quick),
    ).rejects.toMatchObject({ code: 'proxy-failed' });
    expect(apiservers.done).toEqual([]);
  });

  test('is for whoever sits at the lab', async () => {
    const backend = await backendOf();
    const live = stack.use(createLive({ backend: () => backend, isOperable: false }));
    const server = stack.use(
      await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }),
    );
    const { status, body } = await ask(server.port, '/live/failover', { method: 'POST' });
    expect([status, body]).toEqual([403, expect.stringContaining('machines-fixed')]);
    expect(apiservers.done).toEqual([]);
  });
});

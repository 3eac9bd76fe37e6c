import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineStatus } from '../../../lab/machines/machine.ts';
import { startServer, type SiteServer } from '../server.ts';
import { ask } from '../testing/ask.ts';
import { startFakeBackend } from '../testing/fake-backend.ts';
import { createLive } from './live.ts';
import type { LabMachines, LabStatus } from './machines.ts';

let stack: AsyncDisposableStack;
let lab: FakeLab;

/** Two machines that are done to as they are told. */
interface FakeLab extends LabMachines {
  readonly done: string[];
  readonly listeners: Set<() => void>;
}

function createFakeLab(): FakeLab {
  const status = new Map<string, MachineStatus['state']>([
    ['store', 'ready'],
    ['node-1', 'ready'],
  ]);
  const done: string[] = [];
  const listeners = new Set<() => void>();
  return {
    mode: 'isolated',
    done,
    listeners,
    machines: () =>
      [...status].map(([name, state]) => ({
        name,
        role: name === 'store' ? 'store' : 'node',
        addresses: ['172.30.0.10'],
        state,
        since: '2026-01-02T03:04:05.000Z',
        faults: [],
        restarts: 0,
        pid: 4711,
        residentBytes: 50_000_000,
      })),
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    act: async (name, action) => {
      if (action === 'cut') throw new Error('on loopback there is no link to cut');
      done.push(`${action} ${name}`);
      status.set(name, action === 'kill' ? 'ended' : 'ready');
      for (const listener of listeners) listener();
    },
  };
}

async function serve({
  isOperable = true,
  machines = lab,
}: { isOperable?: boolean; machines?: LabMachines | null } = {}) {
  const backend = { ...stack.use(await startFakeBackend()), machines };
  const live = stack.use(createLive({ backend: () => backend, isOperable }));
  return stack.use(await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }));
}

const post = (server: SiteServer, target: string) => ask(server.port, target, { method: 'POST' });

beforeEach(() => {
  stack = new AsyncDisposableStack();
  lab = createFakeLab();
});
afterEach(() => stack.disposeAsync());

describe('the machines of the lab', () => {
  test('are listed, without what is nobody’s business', async () => {
    const { status, body } = await ask((await serve()).port, '/live/lab');
    expect(status).toBe(200);
    const told = JSON.parse(body) as LabStatus;
    expect(told).toMatchObject({ mode: 'isolated', isOperable: true });
    expect(told.machines.map(({ name }) => name)).toEqual(['store', 'node-1']);
    expect(body).not.toContain('4711');
  });

  test('are killed and restarted by a reader at this machine', async () => {
    const { status, body } = await post(await serve(), '/live/lab/node-1/kill');
    expect(status).toBe(200);
    expect((JSON.parse(body) as LabStatus).machines[1]).toMatchObject({ state: 'ended' });
    expect(lab.done).toEqual(['kill node-1']);
  });

  test.each([
    ['/live/lab/node-9/kill', 404, 'unknown-machine'],
    ['/live/lab/node-1/explode', 404, 'unknown-action'],
    ['/live/lab/node-1/cut', 409, 'machine-refused'],
  ])('%s is answered %i %s', async (target, status, code) => {
    const answer = await post(await serve(), target);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(lab.done).toEqual([]);
  });

  test('are left alone by readers from elsewhere', async () => {
    const answer = await post(await serve({ isOperable: false }), '/live/lab/node-1/kill');
    expect(answer.status).toBe(403);
    expect(lab.done).toEqual([]);
  });

  test('are not to be had of a cluster', async () => {
    const server = await serve({ machines: null });
    expect((await ask(server.port, '/live/lab')).status).toBe(404);
  });
});

test('a page that follows is told each change, and is forgotten when it goes', async () => {
  const server = await serve();
  const gone = new AbortController();
  const response = await fetch(new URL('/live/lab/events', server.url), { signal: gone.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (text: string) => {
    for (let seen = ''; !seen.includes(text);) {
      const read = await reader?.read();
      if (!read?.value) throw new Error(`the stream ended without ${text}: ${seen}`);
      seen += read.value;
    }
  };
  await until('"node-1"');
  await lab.act('node-1', 'kill');
  await until('"ended"');
  gone.abort();
  await expect.poll(() => lab.listeners.size).toBe(0);
});

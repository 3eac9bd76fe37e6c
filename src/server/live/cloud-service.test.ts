import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type SiteServer } from '../server.ts';
import { ask } from '../testing/ask.ts';
import { startFakeBackend } from '../testing/fake-backend.ts';
import { fakeAddress, startFakeCloud, type FakeCloud } from '../testing/fake-cloud.ts';
import type { CloudServiceLine, PortChoice } from '../../cloud-service.ts';
import type { LiveBackend } from './backend.ts';
import { expectationOf } from './cloud-service-expected.ts';
import { shownTimes, tryCloudService } from './cloud-service-run.ts';
import type { LiveLine } from './lines.ts';
import { createLive } from './live.ts';

let stack: AsyncDisposableStack;
let cloud: FakeCloud;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  cloud = stack.use(await startFakeCloud());
});
afterEach(() => stack.disposeAsync());

/** What is not to come is not waited for. */
const times = { ...shownTimes, pendingMs: 200, refusedMs: 50, keptMs: 50, goneMs: 10_000 };

interface Trial {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: CloudServiceLine) => void;
  readonly deletion?: Promise<unknown>;
  readonly keptMs?: number;
  readonly goneMs?: number;
}

let visits = 0;

async function tryIn(name: string, ports: PortChoice, trial: Trial = {}) {
  const { signal = AbortSignal.timeout(30_000), onLine, keptMs = times.keptMs } = trial;
  const { deletion = new Promise<never>(() => undefined), goneMs = times.goneMs } = trial;
  visits += 1;
  const visit = stack.use(await cloud.openVisit(`reader-${visits}`));
  const client = stack.use(cloud.connectAs(visit.token));
  const expected = expectationOf({ name: '', cloud: name, ports, mode: 'isolated' });
  if (!expected) throw new Error(`there is no cloud ${name}`);
  const lines: CloudServiceLine[] = [];
  const { namespace } = visit;
  const order = { client, namespace, cloud: name, ports, expected, deletion };
  const tell = (line: CloudServiceLine) => {
    lines.push(line);
    onLine?.(line);
  };
  const timed = { ...order, times: { ...times, keptMs, goneMs } };
  const summary = await tryCloudService(timed, cloud.network, tell, signal);
  return { lines, summary };
}

async function* linesOf(response: Response): AsyncGenerator<LiveLine> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as LiveLine;
  }
}

const eventsIn = (lines: readonly CloudServiceLine[]) =>
  lines.flatMap((line) => (line.type === 'event' ? [line.reason] : []));
const typesIn = (lines: readonly CloudServiceLine[]) =>
  lines.flatMap(({ type }) => (type === 'event' ? [] : [type]));

describe('a Service that is created', () => {
  test('is told from its making to its end, and leaves nothing', async () => {
    const { lines, summary } = await tryIn('hop', 'tcp');
    expect(typesIn(lines)).toEqual([
      ...['made', 'finalizer', 'status', 'packet', 'settled'],
      ...['deleted', 'status', 'finalizer', 'gone', 'packet'],
    ]);
    expect(eventsIn(lines)).toEqual(
      expect.arrayContaining(['EnsuringLoadBalancer', 'DeletingLoadBalancer']),
    );
    const [answered, refused] = lines.filter((line) => line.type === 'packet');
    expect(answered).toMatchObject({
      ...{ protocol: 'TCP', to: `${fakeAddress}:7`, result: 'answered' },
      path: { node: 'node-2', podNode: 'node-3', pod: 'here/hello', seenAs: '172.30.0.22:40112' },
    });
    expect(refused).toMatchObject({ result: 'refused', path: null });
    expect(summary).toMatchObject({ result: 'served', isAsExpected: true });
    expect(await cloud.left()).toEqual([]);
  });

  test('has a port for each protocol, and each is tried', async () => {
    const { lines, summary } = await tryIn('hop', 'tcp-udp');
    const made = lines.find((line) => line.type === 'made');
    expect(made?.ports.map(({ protocol, port }) => [protocol, port])).toEqual([
      ['TCP', 7],
      ['UDP', 7],
    ]);
    expect(made?.ports.every(({ nodePort }) => Number(nodePort) >= 30_000)).toBe(true);
    const packets = lines.filter((line) => line.type === 'packet');
    expect(packets.map(({ protocol }) => protocol).toSorted()).toEqual([
      ...['TCP', 'TCP', 'UDP', 'UDP'],
    ]);
    expect(summary.result).toBe('served');
  });

  test('stays pending where no cloud is, and nobody knocks', async () => {
    const { lines, summary } = await tryIn('none', 'tcp');
    expect(typesIn(lines)).toEqual(['made', 'pending', 'settled', 'deleted', 'gone']);
    expect(eventsIn(lines)).toEqual([]);
    expect(summary).toMatchObject({ result: 'pending', isAsExpected: true, addressMs: null });
  });

  test('is deleted when its reader wants that', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const onLine = ({ type }: CloudServiceLine) => {
      if (type === 'settled') resolve(undefined);
    };
    const { lines } = await tryIn('hop', 'tcp', { deletion: promise, onLine, keptMs: 20_000 });
    expect(lines.find((line) => line.type === 'deleted')).toMatchObject({ by: 'reader' });
  });

  test.each(['made', 'status', 'settled'] as const)(
    'is gone when the reader goes away after it is %s',
    async (last) => {
      const reader = new AbortController();
      const onLine = ({ type }: CloudServiceLine) => {
        if (type === last) reader.abort();
      };
      const trial = { signal: reader.signal, onLine, keptMs: 20_000 };
      await expect(tryIn('hop', 'tcp', trial)).rejects.toThrow();
      await expect.poll(() => cloud.left(), { timeout: 10_000 }).toEqual([]);
    },
  );

  test('is said to stay where nobody takes its finalizer away', async () => {
    const onLine = ({ type }: CloudServiceLine) => {
      if (type === 'settled') cloud.isDown = true;
    };
    const { lines, summary } = await tryIn('hop', 'tcp', { onLine, goneMs: 300 });
    expect(lines.at(-1)?.type).toBe('deleted');
    expect(summary).toMatchObject({ result: 'served', goneMs: null });
  });

  test('is not made when its reader is gone before that', async () => {
    const signal = AbortSignal.timeout(1);
    await expect(tryIn('hop', 'tcp', { signal })).rejects.toThrow();
    await expect.poll(() => cloud.left(), { timeout: 10_000 }).toEqual([]);
  });
});

describe('what a profile refuses', () => {
  test('fails with the cloud’s words, and no address comes', async () => {
    const { lines, summary } = await tryIn('aws-nlb', 'sctp');
    expect(eventsIn(lines)).toContain('SyncLoadBalancerFailed');
    expect(typesIn(lines)).not.toContain('packet');
    expect(summary).toMatchObject({ result: 'failed', isAsExpected: true, answerMs: null });
  });

  test('is skipped, and the other port is served', async () => {
    const { lines, summary } = await tryIn('hetzner', 'tcp-udp');
    const results = lines.flatMap((line) => (line.type === 'packet' ? [line.result] : []));
    expect(results.toSorted().slice(0, 2)).toEqual(['answered', 'refused']);
    expect(summary).toMatchObject({ result: 'partly', isAsExpected: true });
  });
});

describe('over HTTP', () => {
  let server: SiteServer;
  beforeEach(async () => {
    const { network, openVisit, connectAs } = cloud;
    const fake = stack.use(await startFakeBackend());
    const backend: LiveBackend = { ...fake, network, openVisit, connectAs };
    const live = stack.use(createLive({ backend: () => backend }));
    server = stack.use(await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }));
  });
  const post = (choice: string, headers = {}) =>
    ask(server.port, `/live/cloud-service/${choice}`, { method: 'POST', headers });
  const codeOf = (body: string) => (JSON.parse(body) as { readonly code: string }).code;

  test.each(['hop/quic', 'nowhere/tcp', 'none/nothing'])(
    '%s is none of what is offered',
    async (choice) => {
      const { status, body } = await post(choice);
      expect([status, codeOf(body)]).toEqual([404, 'unknown-choice']);
    },
  );

  test('it is streamed, is the visitor’s one and only, and is deleted at a word', async () => {
    const url = `http://127.0.0.1:${server.port}/live/cloud-service`;
    const headers = { 'Accept-Language': 'it' };
    const response = await fetch(`${url}/hop/tcp`, { method: 'POST', headers });
    expect(response.headers.get('Content-Type')).toContain('application/x-ndjson');
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const told: LiveLine[] = [];
    for await (const line of linesOf(response)) {
      told.push(line);
      if (line.type !== 'settled') continue;
      const { status, body } = await post('hop/tcp', { Cookie: cookie });
      expect([status, codeOf(body)]).toEqual([409, 'already-running']);
      const foreign = await fetch(url, { method: 'DELETE' });
      expect(foreign.status, 'somebody else deletes nothing').toBe(404);
      const deletion = await fetch(url, { method: 'DELETE', headers: { Cookie: cookie } });
      expect(deletion.status).toBe(204);
    }
    expect(told.find(({ type }) => type === 'deleted')).toMatchObject({ by: 'reader' });
    const result = told.at(-1);
    expect(result).toMatchObject({ type: 'result', result: 'served', isAsExpected: true });
    expect(await cloud.left()).toEqual([]);
  });

  test('another site may not ask for one', async () => {
    const { status } = await post('hop/tcp', { Origin: 'https://elsewhere.example' });
    expect(status).toBe(403);
  });

  test('who has none has nothing to delete', async () => {
    const { status, body } = await ask(server.port, '/live/cloud-service', { method: 'DELETE' });
    expect([status, codeOf(body)]).toEqual([404, 'no-service']);
  });
});

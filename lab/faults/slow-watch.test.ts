/** Clients that ask for a watch and do not read it, while tens of thousands of events are made. */
import type { ClientHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startInformer } from '../../proxies/kit/api/informer.ts';
import { paths } from '../controllers/testing/objects.ts';
import { createTestClient } from '../testing/client.ts';
import { startFaultLab, type FaultLab } from './testing/fault-lab.ts';
import { getOverHttp1, getOverHttp2, openHttp2, readRest } from './testing/wire.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const objects = 20;
const rounds = { before: 300, beside: 600 };
/** Together the events are more than the buffers on the way hold. */
const padding = 'x'.repeat(4000);
const labelSelector = 'loud=true';
/** Once its history is full, the apiserver holds what it holds. */
const mostGrowthBytes = 100e6;

let stack: AsyncDisposableStack;
let lab: FaultLab;
const slow = new Map<string, ClientHttp2Stream | TLSSocket>();
const revisions: number[] = [];
const told: number[] = [];
let growthBytes = 0;
let slowestWriteMs = 0;
let tookMs = 0;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  lab = stack.use(await startFaultLab({ topology: { apiservers: 1, nodes: 1 } }));
  const observer = await createTestClient(lab.cluster.kubeconfigPath);
  const residentBytes = async () => {
    const { text } = await observer.send('GET', '/metrics');
    return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
  };
  const names = Array.from({ length: objects }, (_, index) => `loud-${index}`);
  const labels = { loud: 'true' };
  for (const name of names) {
    await lab.client.create(paths.configMaps, { metadata: { name, labels }, data: { padding } });
  }
  const makeEvents = (count: number) =>
    Promise.all(names.map((name) => change(`${paths.configMaps}/${name}`, count)));
  await makeEvents(rounds.before);
  revisions.length = 0;
  slowestWriteMs = 0;

  const informer = stack.use(
    startInformer(lab.connect('informer'), { path: paths.configMaps, labelSelector }),
  );
  await informer.synced;
  informer.onChange(({ object }) => told.push(Number(object.metadata.resourceVersion)));

  const { connection } = lab.cluster;
  const { metadata } = await lab.client.get<{ readonly metadata: { resourceVersion: string } }>(
    `${paths.configMaps}?${new URLSearchParams({ labelSelector, limit: '1' })}`,
  );
  const query = { watch: 'true', resourceVersion: metadata.resourceVersion, labelSelector };
  const path = `${paths.configMaps}?${new URLSearchParams(query)}`;
  const session = stack.adopt(await openHttp2(connection), (one) => one.destroy());
  slow.set('HTTP/2', await getOverHttp2(session, path));
  slow.set(
    'HTTP/1.1',
    stack.adopt(await getOverHttp1(connection, path), (one) => void one.destroy()),
  );

  const before = await residentBytes();
  const startedAt = performance.now();
  await makeEvents(rounds.beside);
  tookMs = performance.now() - startedAt;
  growthBytes = (await residentBytes()) - before;
});
afterAll(() => stack.disposeAsync());

async function change(path: string, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    const startedAt = performance.now();
    const { metadata } = await lab.client.patch(path, 'json', [
      { op: 'add', path: '/data/time', value: `${times} ${time}` },
    ]);
    slowestWriteMs = Math.max(slowestWriteMs, performance.now() - startedAt);
    revisions.push(Number(metadata.resourceVersion));
  }
}

interface Event {
  readonly type: string;
  readonly object: { readonly metadata: { readonly resourceVersion?: string } };
}

describe(`beside ${objects * rounds.beside} events`, () => {
  it.each([['HTTP/2'], ['HTTP/1.1']])(
    'a watch over %s that nobody reads is ended',
    async (name) => {
      const stream = slow.get(name);
      const text = stream ? await readRest(stream) : '';
      const events = text
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Event);
      // What it had been sent before is whole, without a gap; what it missed, it can only list.
      const seen = events
        .filter(({ type }) => type !== 'ERROR')
        .map(({ object }) => Number(object.metadata.resourceVersion));
      const inOrder = revisions.toSorted((one, other) => one - other);
      expect(seen.length).toBeLessThan(inOrder.length);
      expect(seen).toEqual(inOrder.slice(0, seen.length));
      process.stdout.write(`${name}: ended after ${seen.length} of ${inOrder.length} events\n`);
    },
  );

  it('who reads has missed nothing, and writes were as quick as ever', async () => {
    const inOrder = revisions.toSorted((one, other) => one - other);
    await expect.poll(() => told.length, { timeout: 30_000 }).toBe(inOrder.length);
    expect(told).toEqual(inOrder);
    // A write that waited for those who do not read would wait until they are ended.
    expect(slowestWriteMs).toBeLessThan(10_000);
    process.stdout.write(
      `${revisions.length} events in ${Math.round(tookMs)} ms, slowest ${Math.round(slowestWriteMs)} ms\n`,
    );
  });

  it('the apiserver keeps nothing for those who do not read', () => {
    process.stdout.write(`the apiserver grew by ${Math.round(growthBytes / 1e6)} MB\n`);
    expect(growthBytes).toBeLessThan(mostGrowthBytes);
  });
});

/** Other people's client for a minute, while the apiservers are killed and restarted in turn. */
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { paths } from '../controllers/testing/objects.ts';
import { startCandidate, type Candidate } from './testing/candidate.ts';
import { startFaultLab, type FaultLab } from './testing/fault-lab.ts';
import {
  startClientNodeInformer,
  startClientNodeWatch,
  startOwnInformer,
  type Observer,
} from './testing/observers.ts';
import { labelSelector, startWriter, type Writer } from './testing/writer.ts';

const minuteMs = 60_000;

let stack: AsyncDisposableStack;
let lab: FaultLab;
let config: KubeConfig;
const seen = new Map<string, { readonly writer: Writer; readonly observer: Observer }>();
let kills = 0;

/** Who led, from when to when, in the order of their beginnings. */
const reigns: { readonly identity: string; readonly from: number; to: number }[] = [];
/** How long nobody led after a leader had stopped. */
const vacanciesMs: number[] = [];

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  lab = stack.use(await startFaultLab());
  config = new KubeConfig();
  config.loadFromFile(lab.cluster.kubeconfigPath);
  const core = config.makeApiClient(CoreV1Api);
  const common = { config, labelSelector };
  const all = { namespace: 'default', labelSelector };
  const ofPods = { ...common, path: paths.pods, list: () => core.listNamespacedPod(all) };
  const ofConfigMaps = {
    ...common,
    path: paths.configMaps,
    list: () => core.listNamespacedConfigMap(all),
  };
  const own = (path: string) => startOwnInformer(lab.connect('informer'), path, labelSelector);
  const [podInformer, configMapWatch, ownPods, ownConfigMaps] = await Promise.all([
    startClientNodeInformer(ofPods),
    startClientNodeWatch(ofConfigMaps),
    own(paths.pods),
    own(paths.configMaps),
  ]);

  const containers = [{ name: 'main', image: 'registry.example/none:1' }];
  // Nobody schedules them: what becomes of them is ours to say.
  const pod = { spec: { schedulerName: 'nobody', containers } };
  const pods = startWriter(lab.connect('writer'), paths.pods, pod);
  const configMaps = startWriter(lab.connect('writer'), paths.configMaps, {});
  seen.set('client-node’s informer of pods', { writer: pods, observer: podInformer });
  seen.set('client-node’s watch of configmaps', { writer: configMaps, observer: configMapWatch });
  seen.set('our informer of pods', { writer: pods, observer: ownPods });
  seen.set('our informer of configmaps', { writer: configMaps, observer: ownConfigMaps });
  for (const { observer } of seen.values()) stack.use(observer);

  const endAt = performance.now() + minuteMs;
  await Promise.all([killInTurn([pods, configMaps], endAt), changeLeaders(endAt)]);
  await Promise.all([pods.stop(), configMaps.stop()]);
}, 2 * minuteMs);
afterAll(() => stack.disposeAsync());

async function killInTurn(writers: readonly Writer[], endAt: number): Promise<void> {
  const someChanges = () => Promise.all(writers.map((writer) => writer.untilMore(30)));
  await someChanges();
  for (kills = 0; performance.now() < endAt; kills += 1) {
    const apiserver = `apiserver-${(kills % 3) + 1}`;
    await lab.act(apiserver, 'kill');
    await someChanges();
    await lab.act(apiserver, 'restart');
    await lab.until(apiserver, ({ state }) => state === 'ready');
    await someChanges();
  }
}

/** Two candidates; as soon as one leads firmly it stops, and another one comes. */
async function changeLeaders(endAt: number): Promise<void> {
  const onChange = (identity: string, isLeading: boolean) => {
    const at = performance.now();
    if (isLeading) reigns.push({ identity, from: at, to: Infinity });
    const last = reigns.findLast((reign) => reign.identity === identity);
    if (!isLeading && last) last.to = at;
  };
  const start = (number: number) =>
    startCandidate({ config, identity: `candidate-${number}`, onChange });
  const leads = () => reigns.find(({ to }) => to === Infinity)?.identity;
  const limits = { timeout: 30_000, interval: 20 };
  const untilOneLeads = (isFirm: (candidate: Candidate) => boolean) =>
    vi.waitUntil(() => candidates.find((one) => one.identity === leads() && isFirm(one)), limits);
  let candidates = [start(1), start(2)];
  for (let number = 3; performance.now() < endAt; number += 1) {
    const leader = await untilOneLeads(({ renewals }) => renewals > 5);
    await leader.stop();
    const stoppedAt = performance.now();
    candidates = [...candidates.filter((one) => one !== leader), start(number)];
    await untilOneLeads(() => true);
    vacanciesMs.push(performance.now() - stoppedAt);
  }
  await Promise.all(candidates.map((one) => one.stop()));
}

const names = [
  'client-node’s informer of pods',
  'client-node’s watch of configmaps',
  'our informer of pods',
  'our informer of configmaps',
];

describe('while the apiservers are killed in turn', () => {
  it.each(names)('%s misses no change, and is told of each once and in order', async (name) => {
    const { writer, observer } = seen.get(name) ?? {};
    const changes = writer?.changes ?? [];
    await expect.poll(() => observer?.told.at(-1), { timeout: 10_000 }).toBe(changes.at(-1));
    expect(kills).toBeGreaterThanOrEqual(6);
    expect(changes.length).toBeGreaterThan(300);
    expect(observer?.told).toEqual(changes);
    const revisions = observer?.revisions ?? [];
    expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other));
    // Nobody had to begin anew; each had to connect again.
    expect(observer?.lists).toBeLessThanOrEqual(1);
    expect(observer?.breaks).toBeGreaterThan(0);
    process.stdout.write(
      `${name}: ${changes.length} changes, ${kills} kills, ${observer?.breaks} breaks, ` +
        `${writer?.doubts} writes in doubt\n`,
    );
  });

  it('an election over client-node never has two leaders, and always finds another', () => {
    const overlaps = reigns.filter(({ to }, index) => to > (reigns[index + 1]?.from ?? Infinity));
    expect(overlaps).toEqual([]);
    expect(vacanciesMs.length).toBeGreaterThanOrEqual(4);
    expect(new Set(reigns.map(({ identity }) => identity)).size).toBeGreaterThanOrEqual(5);
    process.stdout.write(
      `election: ${reigns.length} reigns, vacancies of ${vacanciesMs.map(Math.round).join(', ')} ms\n`,
    );
  });
});

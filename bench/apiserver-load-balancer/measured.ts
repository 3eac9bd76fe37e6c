/** The process that measures, in namespaces of its own: prints one sample a line. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kernelBytes } from '../kube-proxy/kernel-memory.ts';
import { startContender, type RunningContender } from './contender.ts';
import type { Contender, FigureName, Sample } from './figures.ts';
import { openIdle } from './idle.ts';
import { applyLoad, type Load } from './load.ts';
import { endedChildrenMs, processorMs, proportionalBytes } from './process-tree.ts';
import { startUpstream, type Traffic, type Upstream } from './upstream.ts';
import { layWorld } from './world.ts';

type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** One window of load. */
interface Scenario {
  readonly traffic: Traffic;
  readonly measure: (running: RunningContender, url: string) => Promise<Figures>;
}

const [, , list = '', roundsText = '', secondsText = '', idleText = ''] = process.argv;
const names = list.split(',') as Contender[];
const seconds = Number(secondsText);
const concurrent = 32;
/** Idle connections take long to open, and vary little. */
const idleRounds = 2;
/** Whoever forwards has two files open for each, and HAProxy keeps some for the pipes of splice. */
const filesEach = 2.6;

const scenarios: readonly Scenario[] = [
  { traffic: 'plain', measure: (_, url) => latency(url, '') },
  { traffic: 'plain', measure: (running, url) => requests(running, url) },
  { traffic: 'plain', measure: (running, url) => connections(running, url) },
  { traffic: 'plain', measure: (_, url) => bulk(url, '') },
  { traffic: 'tls', measure: (_, url) => latency(url, ', TLS') },
  { traffic: 'tls', measure: (_, url) => tlsRequests(url) },
  { traffic: 'tls', measure: (_, url) => bulk(url, ', TLS') },
];

const traffics: readonly Traffic[] = ['plain', 'tls'];
const networks = layWorld(names.length * traffics.length);
const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
const maxFiles = await openFilesLimit();
await using owned = new AsyncDisposableStack();
owned.defer(() => rm(directory, { recursive: true, force: true }));
const upstream: Upstream = owned.use(await startUpstream(directory, networks, maxFiles));
const running = new Map<Traffic, RunningContender[]>(traffics.map((traffic) => [traffic, []]));
for (const [index, network] of networks.entries()) {
  const traffic = traffics[index % traffics.length] ?? 'plain';
  const contender = names[Math.floor(index / traffics.length)] ?? 'none';
  const one = await startContender(contender, { traffic, index, network, directory });
  running.get(traffic)?.push(owned.use(one));
}

for (let round = 0; round <= Number(roundsText); round++) {
  for (const { traffic, measure } of scenarios) {
    for (const one of inTurn(running.get(traffic), round)) {
      const url = `${traffic === 'tls' ? 'https' : 'http'}://${one.host}:${one.port}/`;
      // The first round warms up.
      tell(round, one, await measure(one, url));
    }
  }
  if (round === 0 || round > idleRounds) continue;
  for (const one of inTurn(running.get('plain'), round)) tell(round, one, await idle(one));
}

/** Who is first changes, so that nobody always follows the other. */
function inTurn(all: readonly RunningContender[] = [], round: number) {
  return round % 2 === 0 ? all : all.toReversed();
}

function tell(round: number, { contender }: RunningContender, figures: Figures): void {
  if (round === 0) return;
  for (const [figure, value] of Object.entries(figures)) {
    const sample = { round, contender, figure: figure as FigureName, value } satisfies Sample;
    process.stdout.write(`${JSON.stringify(sample)}\n`);
  }
}

async function latency(url: string, suffix: '' | ', TLS'): Promise<Figures> {
  const { p50Us, p99Us } = await applyLoad({ url, connections: 1, seconds });
  return { [`p50 µs${suffix}`]: p50Us, [`p99 µs${suffix}`]: p99Us };
}

async function requests(one: RunningContender, url: string): Promise<Figures> {
  const { load, ownMs, allMs } = await withCosts(one, () =>
    applyLoad({ url, connections: concurrent, seconds }),
  );
  return {
    'requests/s': load.perSecond,
    'CPU ms per 100k requests': ownMs,
    'CPU ms per 100k requests, all': allMs,
  };
}

async function connections(one: RunningContender, url: string): Promise<Figures> {
  const { load, ownMs, allMs } = await withCosts(one, () =>
    applyLoad({ url, connections: concurrent, seconds, isClosing: true }),
  );
  return {
    'connections/s': load.perSecond,
    'CPU ms per 100k connections': ownMs,
    'CPU ms per 100k connections, all': allMs,
  };
}

async function tlsRequests(url: string): Promise<Figures> {
  const { perSecond } = await applyLoad({ url, connections: concurrent, seconds });
  return { 'requests/s, TLS': perSecond };
}

async function bulk(url: string, suffix: '' | ', TLS'): Promise<Figures> {
  const load = await applyLoad({ url: `${url}large`, connections: 8, seconds });
  return { [`MB/s${suffix}`]: load.megabytesPerSecond };
}

async function idle({ host, port, pid }: RunningContender): Promise<Figures> {
  const count = Math.min(Number(idleText), Math.floor(maxFiles / filesEach));
  const own = () => (pid === null ? 0 : proportionalBytes(pid));
  const [ownBefore, kernelBefore] = [own(), await kernelBytes()];
  using opened = new DisposableStack();
  opened.use(await openIdle(host, port, count));
  await sleep(300);
  const [ownAfter, kernelAfter] = [own(), await kernelBytes()];
  return {
    'bytes per idle connection': (ownAfter - ownBefore) / count,
    'kernel bytes per idle connection': (kernelAfter - kernelBefore) / count,
    'MB with idle connections': ownAfter / 1_000_000,
  };
}

/** What 100,000 of them cost: the contender's processes, and these with the client and the upstream. */
async function withCosts(
  { pid }: RunningContender,
  work: () => Promise<Load>,
): Promise<{ readonly load: Load; readonly ownMs: number; readonly allMs: number }> {
  const now = () => ({
    own: pid === null ? 0 : processorMs(pid),
    others: processorMs(upstream.pid) + endedChildrenMs(),
  });
  const before = now();
  const load = await work();
  const after = now();
  const scale = 100_000 / load.requests;
  const ownMs = (after.own - before.own) * scale;
  return { load, ownMs, allMs: ownMs + (after.others - before.others) * scale };
}

async function openFilesLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
}

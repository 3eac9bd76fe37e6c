/** `POST /live/failover`: kills an apiserver of the lab while requests and a watch go to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sayFailover } from '../../failover-text.ts';
import { summarize, type FailoverLine, type FailoverSummary } from '../../failover.ts';
import { networkOf, proxyOf, type LiveBackend } from './backend.ts';
import { openLines, type Exchange } from './exchange.ts';
import { createApiserverClient, type ApiserverClient } from './failover-client.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import type { LabMachines, MachinesOptions } from './machines.ts';
import { createTurns } from './turns.ts';

const everyMs = 100;
/** For a machine that has been started again. */
const readyWithinMs = 15_000;

export interface FailoverTimes {
  /** Before the kill. */
  readonly beforeMs: number;
  /** Without a failure: then it is over. */
  readonly quietMs: number;
  /** After the kill, whatever happens. */
  readonly mostMs: number;
}

const shownTimes: FailoverTimes = { beforeMs: 2_000, quietMs: 3_000, mostMs: 20_000 };

/** It takes the cluster's apiservers away: one reader after the other. */
const turns = createTurns(1, 2);

/** @throws LiveError `machines-fixed`, `not-here`, `not-ready`, `busy`, and those of `tryFailover` */
export async function runFailover(
  backend: LiveBackend,
  { lab, isOperable }: MachinesOptions,
  exchange: Exchange,
): Promise<void> {
  if (!isOperable) throw new LiveError('machines-fixed');
  // What is not here is said before anybody waits.
  proxyOf(backend, 'apiserver-load-balancer');
  using turn = new DisposableStack();
  turn.use(await turns.take(exchange.signal));
  let send: ((line: LiveLine) => void) | undefined;
  const tell = (line: LiveLine) => (send ??= openLines(exchange))(line);
  const summary = await tryFailover(backend, lab, tell, exchange.signal);
  tell({ type: 'result', ...summary, text: sayFailover(summary, exchange.translate) });
  exchange.response.end();
}

/**
 * Tells what happens, as it happens. Whatever comes of it, the apiserver is started again.
 *
 * @throws LiveError `too-few-apiservers`, `proxy-failed`
 */
export async function tryFailover(
  backend: LiveBackend,
  lab: LabMachines,
  send: (line: FailoverLine) => void,
  signal: AbortSignal,
  { beforeMs, quietMs, mostMs }: FailoverTimes = shownTimes,
): Promise<FailoverSummary> {
  const ready = readyApiservers(lab);
  if (ready.length < 2) throw tooFew();
  const { pathOf } = networkOf(backend);
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  const whereIs = async (source: string) => (await pathOf(source))?.apiserver ?? null;
  const proxy = proxyOf(backend, 'apiserver-load-balancer');
  const client = createApiserverClient(proxy, whereIs, ended);

  const lines: FailoverLine[] = [];
  const startedAt = performance.now();
  const now = () => tenths(performance.now() - startedAt);
  let quietSince = 0;
  const tell = (line: FailoverLine) => {
    if (ended.aborted) return;
    lines.push(line);
    if (line.type === 'attempt' && line.isFailed) quietSince = line.atMs + line.tookMs;
    if (line.type !== 'attempt') quietSince = now();
    send(line);
  };

  await using owned = new AsyncDisposableStack();
  owned.defer(() => ending.abort());
  tell({ type: 'apiservers', apiservers: ready });
  void askAgain(client, now, tell, ended);
  const victim = await holdWatch(client, now, tell, ended).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new LiveError('proxy-failed', { address: proxy.address }, {}, cause);
  });
  await sleep(beforeMs, undefined, { signal });
  // Somebody else may have killed some since.
  const standing = readyApiservers(lab);
  if (standing.length < 2) throw tooFew();
  const killed = standing.find((name) => name === victim()) ?? standing[0] ?? '';
  owned.defer(() => startAgain(lab, killed));
  tell({ type: 'killed', atMs: now(), apiserver: killed });
  await lab.act(killed, 'kill');
  const deadline = now() + mostMs;
  const isQuiet = () => now() - quietSince >= quietMs && victim() !== null && victim() !== killed;
  while (!isQuiet() && now() < deadline) await sleep(everyMs, undefined, { signal });
  const summary = summarize(lines, isQuiet());
  // What comes while it is started again is not told: it would be more than was counted.
  ending.abort();
  return summary;
}

function tooFew(): LiveError {
  return new LiveError('too-few-apiservers', {}, { 'Retry-After': '5' });
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** One request after the other begins, whatever becomes of those before. */
async function askAgain(
  client: ApiserverClient,
  now: () => number,
  tell: (line: FailoverLine) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const atMs = now();
    const told = (apiserver: string | null, isFailed: boolean) =>
      tell({ type: 'attempt', atMs, tookMs: tenths(now() - atMs), apiserver, isFailed });
    client.ask().then(
      (apiserver) => told(apiserver, false),
      () => told(null, true),
    );
    await sleep(everyMs);
  }
}

/** Opens it, and again whenever it ends. @returns who has it now; null while nobody has */
async function holdWatch(
  client: ApiserverClient,
  now: () => number,
  tell: (line: FailoverLine) => void,
  signal: AbortSignal,
): Promise<() => string | null> {
  let holder: string | null = null;
  const open = async () => {
    const { apiserver, ended } = await client.watch();
    holder = apiserver;
    tell({ type: 'watch', atMs: now(), state: 'open', apiserver });
    return { apiserver, ended };
  };
  let watch = await open();
  const holdOn = async () => {
    while (!signal.aborted) {
      await watch.ended;
      holder = null;
      tell({ type: 'watch', atMs: now(), state: 'ended', apiserver: watch.apiserver });
      const again = await untilOpen(open, signal);
      if (again === null) return;
      watch = again;
    }
  };
  void holdOn();
  return () => holder;
}

/** As clients do: again, a little later. */
async function untilOpen<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  while (!signal.aborted) {
    try {
      return await open();
    } catch {
      await sleep(everyMs);
    }
  }
  return null;
}

/** Resolves when it is ready again; whoever comes next needs it. */
async function startAgain(lab: LabMachines, name: string): Promise<void> {
  // Somebody else may have started it by now.
  await lab.act(name, 'restart').catch(() => undefined);
  if (readyApiservers(lab).includes(name)) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const late = setTimeout(resolve, readyWithinMs, undefined);
  const following = lab.onChange(() => {
    if (readyApiservers(lab).includes(name)) resolve(undefined);
  });
  await promise;
  following[Symbol.dispose]();
  clearTimeout(late);
}

function readyApiservers(lab: LabMachines): readonly string[] {
  return lab
    .machines()
    .filter(({ role, state }) => role === 'apiserver' && state === 'ready')
    .map(({ name }) => name);
}

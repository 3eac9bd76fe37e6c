/** HAProxy as the load balancer in front of the apiservers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { klogLine, type Severity } from '../../../kit/klog.ts';
import { oneAtATime } from '../../../kit/one-at-a-time.ts';
import type { BackendStatus, WantedBackend } from '../../backend.ts';
import type { BalancerOptions, RunningBalancer } from '../../balancer.ts';
import { runForeground } from '../foreground.ts';
import { installed } from '../installed.ts';
import { reservePorts } from '../reserve-ports.ts';
import { TestedFile } from '../tested-file.ts';
import { canBecomeOthers } from '../this-process.ts';
import { backendWord, endpointWord, nameOfBackendWord } from '../words.ts';
import { conditionOf } from './conditions.ts';
import { haproxyConfiguration, pools } from './configuration.ts';
import { Draining } from './draining.ts';
import { watchStatuses } from './watch-statuses.ts';
import { Workers } from './workers.ts';

export type HaproxyOptions = Omit<BalancerOptions, 'onSighting'> & {
  /** Where its configuration and its socket go; the caller removes it. */
  readonly directory: string;
  /** Whether the kernel moves the bytes from socket to socket; true when absent. */
  readonly isSplicing?: boolean;
};

const patienceMs = 15_000;
/** The user that owns nothing. */
const nobody = 65534;

/** `[WARNING]  (4242) : Server apiservers/10.0.0.11_6443 is DOWN`; lines that go on have nothing in front. */
const lineFormat = /^\[(\w+)\] +\(\d+\) : (.*)$/;
const severities: Readonly<Record<string, Severity>> = { WARNING: 'W', ALERT: 'E' };

/**
 * Serves once it resolves; without a backend until the first list.
 *
 * @throws ConfigurationError where HAProxy is missing, or refuses the configuration
 * @throws Error of the system's, with its code, where an address cannot be listened on
 */
export async function startHaproxy(options: HaproxyOptions): Promise<RunningBalancer> {
  const { directory, check, log } = options;
  const path = installed('haproxy');
  const isRoot = process.getuid?.() === 0;
  const settings = {
    ...options,
    listen: await reservePorts(options.listen),
    caFile: check.caPem === null ? null : join(directory, 'ca.crt'),
    isSplicing: options.isSplicing ?? true,
    userId: isRoot && (await canBecomeOthers()) ? nobody : null,
  };
  await mkdir(directory, { recursive: true });
  if (settings.caFile !== null) await writeFile(settings.caFile, check.caPem ?? '');
  const file = await TestedFile.write(join(directory, 'haproxy.cfg'), {
    text: haproxyConfiguration([], settings),
    test: [path, '-c', '-f'],
  });

  const socket = join(directory, 'master.sock');
  const workers = new Workers(socket);
  await using starting = new AsyncDisposableStack();
  const haproxy = starting.use(
    await runForeground({
      path,
      args: ['-W', '-db', '-S', `${socket},mode,600,level,admin`, '-f', file.path],
      onLine(line) {
        const [, level = '', text = line] = lineFormat.exec(line) ?? [];
        if (level !== 'NOTICE') log(klogLine(severities[level] ?? 'I', 'haproxy', text));
      },
    }),
  );
  const renewed = async (before: ReadonlySet<number>) => {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]);
    try {
      await Promise.race([workers.renewed(before, signal), haproxy.failed]);
    } finally {
      over.abort();
    }
  };
  await renewed(new Set());

  const inTurn = oneAtATime();
  let current: readonly WantedBackend[] = [];
  const draining = starting.use(
    new Draining({
      workers,
      pools: [pools.ready, ...(options.whenNoneReady === 'try-all' ? [pools.any] : [])],
      timeoutMs: options.drainTimeoutMs,
    }),
  );
  const setBackends = async (backends: readonly WantedBackend[]) => {
    const isSameList = sameServers(backends, current);
    await file.replace(haproxyConfiguration(backends, settings), async () => {
      // Who drains is told to the worker that carries the connections; another list needs another worker.
      if (isSameList) return;
      const before = await workers.pids();
      await workers.counts();
      haproxy.signal('SIGUSR2');
      await renewed(before);
    });
    if (isSameList) await draining.follow(backends);
    else draining.startAnew(backends);
    current = backends;
  };
  const statuses = async (): Promise<readonly BackendStatus[]> => {
    const servers = await workers.servers();
    return current.flatMap((backend) => {
      const row = servers.get(backendWord(backend));
      if (row === undefined) return [];
      const { sinceSeconds, ...said } = conditionOf(row);
      return [
        { backend, ...said, since: new Date(Date.now() - sinceSeconds * 1000).toISOString() },
      ];
    });
  };
  const running = starting.move();
  return {
    implementation: 'haproxy',
    addresses: settings.listen.map(({ host, port }) => endpointWord(host, port)),
    setBackends: (backends) => inTurn(() => setBackends(backends)),
    statuses,
    onStatus: (listener) => watchStatuses({ statuses, listener, everyMs: check.intervalMs }),
    connections: () => Promise.resolve(null),
    async counts() {
      const { active, ...counts } = await workers.counts();
      const named = [...active].map(([word, count]) => [nameOfBackendWord(word), count] as const);
      return { ...counts, active: new Map(named) };
    },
    onConnection: () => ({ ready: Promise.resolve(), [Symbol.dispose]: () => undefined }),
    failed: haproxy.failed,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Whether the lists are the same but for who drains. */
function sameServers(one: readonly WantedBackend[], other: readonly WantedBackend[]): boolean {
  const key = (backends: readonly WantedBackend[]) =>
    backends.map((backend) => `${backendWord(backend)} ${backend.host ?? ''}`).join();
  return key(one) === key(other);
}

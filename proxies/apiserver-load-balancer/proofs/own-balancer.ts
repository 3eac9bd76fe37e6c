/** Load balancers of a proof's own, on loopback: ours, or somebody else's program. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Laboratory } from '../../kit/proof.ts';
import type { WantedBackend } from '../backend.ts';
import type { BalancerOptions, ImplementationName, RunningBalancer } from '../balancer.ts';

export interface OwnBalancer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** Patient: the machine may be busy, and its apiservers with it. */
const options: Omit<BalancerOptions, 'check'> = {
  listen: [{ host: '127.0.0.1', port: 0 }],
  balance: 'round-robin',
  whenNoneReady: 'try-all',
  dialTimeoutMs: 5000,
  drainTimeoutMs: 60_000,
  keepAliveMs: 0,
  idleTimeoutMs: 0,
  maxConnectionAgeMs: 0,
  proxyProtocol: 'off',
  log: () => undefined,
};
const check = {
  path: '/readyz',
  rise: 2,
  fall: 2,
  serverName: null,
};

export interface OwnBalancerOptions extends Partial<
  Pick<BalancerOptions, 'balance' | 'proxyProtocol'>
> {
  readonly implementation?: ImplementationName;
  readonly backends: readonly WantedBackend[];
  /** Who signed the certificates of the apiservers. */
  readonly caPem: string;
  /** How long an apiserver may take to say that it is ready. */
  readonly checkTimeoutMs?: number;
  /** HAProxy gives an apiserver no longer than this for the handshake. */
  readonly checkIntervalMs?: number;
  /** Whether it is given the time to find all apiservers ready. Default true. */
  readonly isAwaited?: boolean;
}

/** Serves once it resolves. */
export async function startOwnBalancer(
  { directory, signal }: Pick<Laboratory, 'directory' | 'signal'>,
  given: OwnBalancerOptions,
): Promise<OwnBalancer> {
  const { implementation = 'hop', backends, caPem, isAwaited = true, ...own } = given;
  const { checkTimeoutMs: timeoutMs = 5000, checkIntervalMs: intervalMs = 250, ...others } = own;
  const all: BalancerOptions = {
    ...options,
    ...others,
    check: { ...check, caPem, timeoutMs, intervalMs },
  };
  await using starting = new AsyncDisposableStack();
  const balancer = starting.use(await starts[implementation](all, join(directory, implementation)));
  // Whoever notices first says why: the probe, which gets no answer then.
  balancer.failed.catch(() => undefined);
  await balancer.setBackends(backends);
  if (isAwaited) await untilReady(balancer, backends.length, signal);
  const { hostname, port } = new URL(`tcp://${balancer.addresses[0] ?? ''}`);
  const running = starting.move();
  return {
    host: hostname,
    port: Number(port),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Loaded when a proof wants them. */
const starts: Readonly<
  Record<
    ImplementationName,
    (options: BalancerOptions, directory: string) => Promise<RunningBalancer>
  >
> = {
  hop: async (all) => {
    const { startHopBalancer } = await import('../hop-balancer.ts');
    return startHopBalancer({ ...all, dataplane: 'userspace' });
  },
  nginx: async (all, directory) => {
    const { startNginx } = await import('../implementations/nginx/start.ts');
    return startNginx({ ...all, directory });
  },
  haproxy: async (all, directory) => {
    const { startHaproxy } = await import('../implementations/haproxy/start.ts');
    return startHaproxy({ ...all, directory });
  },
};

/**
 * Until all have been found ready, those that were come first get everything. Looks again and again: not every
 * program tells when that changes.
 */
async function untilReady(
  balancer: RunningBalancer,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const statuses = await balancer.statuses();
    if (statuses === null) return;
    if (statuses.filter(({ condition }) => condition === 'ready').length === count) return;
    await pause(pauseMs, undefined, { signal });
  }
}

const pauseMs = 25;

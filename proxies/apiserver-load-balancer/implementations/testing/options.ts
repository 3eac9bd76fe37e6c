/** What a load balancer is started with in a test: quick checks, on loopback, ports that the system chooses. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BalancerOptions } from '../../balancer.ts';

export const quickOptions = {
  listen: [{ host: '127.0.0.1', port: 0 }],
  balance: 'round-robin',
  dialTimeoutMs: 1000,
  keepAliveMs: 30_000,
  idleTimeoutMs: 0,
  maxConnectionAgeMs: 0,
  proxyProtocol: 'off',
  check: {
    path: '/readyz',
    intervalMs: 100,
    timeoutMs: 1000,
    rise: 1,
    fall: 2,
    caPem: null,
    serverName: null,
  },
  whenNoneReady: 'try-all',
  drainTimeoutMs: 60_000,
} as const satisfies Omit<BalancerOptions, 'log' | 'onSighting'>;

/** A directory that goes with its owner. */
export async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'hop implementations '));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** The machine `controllers`: the scheduler and the controllers in one process. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createApiClient } from '../../proxies/kit/api/api-client.ts';
import { untilLeading } from '../../proxies/kit/api/leader-election.ts';
import { readConnection } from '../../proxies/kit/api/read-connection.ts';
import { runProgram, type Flags } from '../machines/program.ts';
import { startControllers } from './controllers.ts';
import { untilApiserverReady } from '../machines/until-apiserver-ready.ts';
import { serveHealth } from './serve-health.ts';

const flags = [
  'kubeconfig',
  'root-ca-file',
  'leader-elect',
  'node-monitor-grace-period',
  'healthz-bind-address',
];

/** As the controllers' own name upstream. */
const lease = { namespace: 'kube-system', name: 'kube-controller-manager' };

await runProgram(flags, start);

type Running = Awaited<ReturnType<Parameters<typeof runProgram>[1]>>;

async function start(given: Flags): Promise<Running> {
  const { kubeconfig = '', 'root-ca-file': rootCaFile = '' } = given;
  const [connection, rootCa] = await Promise.all([
    readConnection(kubeconfig, 'kube-controller-manager'),
    readFile(rootCaFile, 'utf8'),
  ]);
  await untilApiserverReady(connection);
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createApiClient(connection));
  if (given['leader-elect'] === 'true') starting.defer(await lead(client));
  const gracePeriod = given['node-monitor-grace-period'];
  starting.use(
    await startControllers({
      client,
      rootCa,
      ...(gracePeriod && { nodeMonitorGracePeriodMs: durationMs(gracePeriod) }),
      log,
    }),
  );
  const healthz = given['healthz-bind-address'];
  const health = healthz ? starting.use(await serveHealth(healthz)) : undefined;
  const running = starting.move();
  return {
    ...(health && { address: health.address }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Waits until we lead; ends the process when we no longer do: who is second must not write. */
async function lead(client: ReturnType<typeof createApiClient>): Promise<() => Promise<void>> {
  const identity = `${hostname()}_${randomUUID()}`;
  const stop = new AbortController();
  const { signal } = stop;
  const leadership = await untilLeading({ client, lease, identity, signal, log });
  leadership.lost.addEventListener('abort', () => {
    log('leader election lost');
    process.exit(1);
  });
  return async () => {
    await leadership.release().catch((error: unknown) => log(String(error)));
    stop.abort();
  };
}

/** @example durationMs('1m30s') // 90000 */
function durationMs(text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text || parts.length === 0) {
    throw new Error(`invalid duration "${text}"`);
  }
  return parts.reduce((sum, [, value, unit = 's']) => sum + Number(value) * (units[unit] ?? 0), 0);
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

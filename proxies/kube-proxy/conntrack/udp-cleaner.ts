/**
 * When UDP flows are looked at. The kernel walks through the flows of the whole machine for it, whoever asks:
 * so it is done seldom, and no sync waits for it.
 */
import { klogLine } from '../../kit/klog.ts';
import type { Clock } from '../../kit/clock.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';
import type { ProxyMetrics } from '../metrics/proxy-metrics.ts';
import type { Family } from '../service-port.ts';
import { createSyncRunner } from '../sync-runner.ts';
import type { CleanupResult } from './cleanup.ts';

export interface UdpCleanerOptions {
  readonly family: Family;
  /** All UDP ports, as they have been written. */
  readonly findPorts: () => readonly UdpPort[];
  readonly clean: (ports: readonly UdpPort[]) => Promise<CleanupResult>;
  /** After one that failed. */
  readonly retryIntervalMs: number;
  readonly clock: Clock;
  readonly metrics: ProxyMetrics;
  readonly log: (line: string) => void;
}

export interface UdpCleaner extends AsyncDisposable {
  /**
   * Has the flows looked at: at once after a quiet time, else together with what others ask for.
   *
   * @param gone ports as they were: flows to them are looked at, too
   */
  request(gone: readonly UdpPort[]): void;
}

const minIntervalMs = 1000;
/** Nothing is done unasked. */
const maxIntervalMs = 86_400_000;

export function createUdpCleaner(options: UdpCleanerOptions): UdpCleaner {
  const { clock, metrics, retryIntervalMs } = options;
  const labels = { ip_family: options.family };
  let isWanted = false;
  /** By where they were: however long flows cannot be looked at, there are no more than places. */
  let gone = new Map<string, UdpPort>();

  const run = async (): Promise<boolean> => {
    if (!isWanted) return true;
    const taken = gone;
    isWanted = false;
    gone = new Map();
    const ports = [...options.findPorts(), ...taken.values()];
    if (ports.length === 0) return true;
    try {
      const { deleted, tookMs } = await options.clean(ports);
      metrics.observe('conntrack_reconciler_sync_duration_seconds', labels, tookMs / 1000);
      metrics.add('conntrack_reconciler_deleted_entries_total', labels, deleted);
      return true;
    } catch (failure) {
      isWanted = true;
      gone = new Map([...taken, ...gone]);
      const error = failure instanceof Error ? failure.message : String(failure);
      options.log(klogLine('E', 'hop', `${options.family}: UDP flows: ${error}`));
      return false;
    }
  };

  const runner = createSyncRunner({ run, minIntervalMs, retryIntervalMs, maxIntervalMs, clock });
  return {
    request: (ports) => {
      isWanted = true;
      for (const port of ports) gone.set(placeOf(port), port);
      runner.request();
    },
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

/** Nobody serves there any more, whoever it was. */
function placeOf({ addresses, port, nodePort }: UdpPort): string {
  return [...addresses, port, nodePort].join(' ');
}

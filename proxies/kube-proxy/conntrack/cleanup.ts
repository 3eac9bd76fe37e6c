/** Ends UDP flows to endpoints that are gone, so that their next packet takes the new way. */
import { deleteConntrack, listConntrack } from '../../kit/netlink/conntrack.ts';
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';
import type { Family } from '../service-port.ts';
import { staleUdp } from './stale-udp.ts';

/** For `conntrack_reconciler_sync_duration_seconds` and `conntrack_reconciler_deleted_entries_total`. */
export interface CleanupResult {
  readonly deleted: number;
  readonly tookMs: number;
}

/**
 * To be called after a sync, with the UDP ports that changed in it; without ports it does nothing.
 *
 * @throws Error when the kernel refuses; the entries then end by their timeout
 */
export async function deleteStaleUdp(options: {
  readonly family: Family;
  readonly ports: readonly UdpPort[];
  /** All addresses of the node in this family. */
  readonly nodeIPs: readonly string[];
}): Promise<CleanupResult> {
  const { family, ports, nodeIPs } = options;
  if (ports.length === 0) return { deleted: 0, tookMs: 0 };
  const start = performance.now();
  const isStale = staleUdp(ports, nodeIPs);
  const stale: ConntrackEntry[] = [];
  for await (const entries of listConntrack({ family, protocol: 'UDP' })) {
    stale.push(...entries.filter(isStale));
  }
  const deleted = await deleteConntrack(stale);
  return { deleted, tookMs: performance.now() - start };
}

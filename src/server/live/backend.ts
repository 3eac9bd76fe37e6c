/** What the live handlers run against: the lab, or a cluster of the reader's. */
import type { Station } from '../../../proxies/descriptor.ts';
import type { Laboratory } from '../../../proxies/kit/proof.ts';
import { LiveError } from './live-error.ts';
import type { LabMachines } from './machines.ts';
import type { RunningProxy } from './running-proxy.ts';
import type { Visit } from './visitors.ts';

export interface LiveBackend {
  /** `cluster`: a real one, which is only read. */
  readonly kind: 'lab' | 'cluster';
  readonly version: string;
  readonly since: Date;
  /** The machines behind it; of a cluster we know none. */
  readonly machines: LabMachines | null;
  readonly proxies: Readonly<Partial<Record<Station, RunningProxy>>>;
  /** A laboratory for one world of one proof. */
  readonly lend: (signal: AbortSignal) => Promise<Laboratory & AsyncDisposable>;
  /** Opens a namespace for a visitor; a cluster has none to give. */
  readonly openVisit: ((name: string) => Promise<Visit>) | null;
}

/**
 * The running proxy of a station.
 *
 * @throws LiveError `not-here` where a cluster has what the lab has not; `not-ready`
 */
export function proxyOf({ kind, proxies }: LiveBackend, station: Station): RunningProxy {
  const proxy = proxies[station];
  if (proxy) return proxy;
  if (kind === 'cluster') throw new LiveError('not-here');
  throw new LiveError('not-ready', {}, { 'Retry-After': '1' });
}

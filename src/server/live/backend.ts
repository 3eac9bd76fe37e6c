/** What the live handlers run against: the lab, or a cluster of the reader's. */
import type { Lab } from '../../../lab/index.ts';
import type { Station } from '../../../proxies/descriptor.ts';
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import type { Laboratory } from '../../../proxies/kit/proof.ts';
import { LiveError } from './live-error.ts';
import type { LabMachines } from './machines.ts';
import type { RunningProxy } from './running-proxy.ts';
import type { Visit } from './visitors.ts';

/** What of the lab's network is needed here: who connects, what is run there, what is seen of it. */
export type LabNetwork = Pick<
  Lab,
  'mode' | 'connect' | 'run' | 'onHop' | 'pathOf' | 'loadBalancers'
>;

export interface LiveBackend {
  /** `cluster`: a real one, which is only read. */
  readonly kind: 'lab' | 'cluster';
  readonly version: string;
  readonly since: Date;
  /** The machines behind it; of a cluster we know none. */
  readonly machines: LabMachines | null;
  /** Below HTTP; nothing connects from within a cluster for us. */
  readonly network: LabNetwork | null;
  readonly proxies: Readonly<Partial<Record<Station, RunningProxy>>>;
  /** A laboratory for one world of one proof. */
  readonly lend: (signal: AbortSignal) => Promise<Laboratory & AsyncDisposable>;
  /** Opens a namespace for a visitor; a cluster has none to give. */
  readonly openVisit: ((name: string) => Promise<Visit>) | null;
  /** The API as whoever has the token: a visitor. */
  readonly connectAs: ((token: string) => ApiClient) | null;
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

/**
 * The network of the lab.
 *
 * @throws LiveError `not-here` where there is a cluster instead
 */
export function networkOf({ network }: LiveBackend): LabNetwork {
  if (!network) throw new LiveError('not-here');
  return network;
}

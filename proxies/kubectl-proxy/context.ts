/** What every connection of one running proxy shares. */
import type { Hop } from '../kit/hop.ts';
import type { UpstreamPool } from '../kit/http/upstream-pool.ts';
import type { Upstream } from '../kit/upstream.ts';
import type { Filter } from './filter.ts';
import type { Routes } from './routes.ts';

export interface ProxyContext {
  readonly upstream: Upstream;
  readonly pool: UpstreamPool;
  readonly routes: Routes;
  /** Null where the filter is switched off. */
  readonly filter: Filter | null;
  /** The directory of static files, or null. */
  readonly www: string | null;
  /** What stands before every target, or ''. Begins with a slash and ends without one. */
  readonly serverPath: string;
  /** TCP keepalive of upgraded connections. */
  readonly keepAliveMs: number;
  readonly log: (line: string) => void;
  onHop: ((hop: Hop) => void) | null;
}

/** A controller: it follows the cluster until it is disposed. */
import type { Cluster } from './cluster.ts';

/** Called before the caches are filled; works when `begin` resolves. */
export type StartController = (cluster: Cluster, begin: Promise<unknown>) => AsyncDisposable;

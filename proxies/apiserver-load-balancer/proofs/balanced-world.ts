/** The usual world of these proofs: apiservers of its own, and something in front of them. */
import type { Laboratory } from '../../kit/proof.ts';
import type { Place } from './client.ts';
import { startOwnBalancer, type OwnBalancer, type OwnBalancerOptions } from './own-balancer.ts';
import { ownCluster, type OwnCluster } from './own-cluster.ts';

export interface BalancedWorld extends OwnCluster {
  /** Where clients find the apiservers, and as whom they come. */
  readonly place: Place;
}

type InFront = (cluster: OwnCluster, laboratory: Laboratory) => Promise<OwnBalancer>;

/** Whatever was started ends when something cannot be had. */
export async function balancedWorld(
  laboratory: Laboratory,
  count: number,
  inFront: InFront,
): Promise<BalancedWorld> {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(await ownCluster(laboratory, count));
  const { host, port } = starting.use(await inFront(cluster, laboratory));
  const running = starting.move();
  return {
    ...cluster,
    place: { host, port, ...cluster.asker },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A load balancer for all of them. */
export function balancer(options: Omit<OwnBalancerOptions, 'backends' | 'caPem'> = {}): InFront {
  return ({ apiservers, asker }, laboratory) =>
    startOwnBalancer(laboratory, {
      backends: apiservers.map(({ backend }) => backend),
      caPem: asker.caPem,
      ...options,
    });
}

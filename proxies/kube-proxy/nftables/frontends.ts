/** Where a port of a Service is reached, and who has a frontend that two ports claim. */
import type { ServicePort } from '../service-port.ts';

export type FrontendKind = 'clusterIP' | 'loadBalancer' | 'externalIP' | 'nodePort';

export interface Frontend {
  /** As the maps' keys begin: `10.96.0.1 . tcp . 80`, or `tcp . 30080` of a NodePort. */
  readonly key: string;
  readonly kind: FrontendKind;
}

/** The frontends of a port, each once. */
export function frontendsOf(port: ServicePort): Frontend[] {
  const rest = `${port.protocol.toLowerCase()} . ${port.port}`;
  const frontends: Frontend[] = [{ key: `${port.clusterIP} . ${rest}`, kind: 'clusterIP' }];
  const add = (key: string, kind: FrontendKind): void => {
    if (!frontends.some((frontend) => frontend.key === key)) frontends.push({ key, kind });
  };
  for (const address of port.loadBalancerIPs) add(`${address} . ${rest}`, 'loadBalancer');
  for (const address of port.externalIPs) add(`${address} . ${rest}`, 'externalIP');
  if (port.nodePort !== 0) add(`${port.protocol.toLowerCase()} . ${port.nodePort}`, 'nodePort');
  return frontends;
}

/** Whether two states of a port are reached at the same. */
export function hasSameFrontends(a: ServicePort, b: ServicePort): boolean {
  return (
    a.clusterIP === b.clusterIP &&
    a.port === b.port &&
    a.nodePort === b.nodePort &&
    a.protocol === b.protocol &&
    a.externalIPs.join() === b.externalIPs.join() &&
    a.loadBalancerIPs.join() === b.loadBalancerIPs.join()
  );
}

/** Who comes first where two ports claim one frontend; then the smaller key does, whatever came first. */
const ranks: Readonly<Record<FrontendKind, number>> = {
  clusterIP: 0,
  nodePort: 0,
  loadBalancer: 1,
  externalIP: 2,
};

/** Which port has a frontend: nearly always the only one that claims it. */
export class FrontendOwners {
  readonly #owners = new Map<string, string>();
  /** The ports that claim a frontend, where there are several. */
  readonly #claims = new Map<string, Set<string>>();
  readonly #unsettled = new Set<string>();

  ownerOf(frontend: string): string | undefined {
    return this.#owners.get(frontend);
  }

  claim(frontend: string, port: string): void {
    const owner = this.#owners.get(frontend);
    if (owner === undefined) {
      this.#owners.set(frontend, port);
      return;
    }
    const claims = this.#claims.get(frontend);
    if (claims === undefined && owner === port) return;
    this.#claims.set(frontend, (claims ?? new Set([owner])).add(port));
    this.#unsettled.add(frontend);
  }

  release(frontend: string, port: string): void {
    const claims = this.#claims.get(frontend);
    if (claims === undefined) {
      this.#owners.delete(frontend);
      return;
    }
    claims.delete(port);
    this.#unsettled.add(frontend);
  }

  /**
   * Decides who has the frontends that several ports claim.
   *
   * @param find a port by its key
   * @returns the keys of the ports that lost or got a frontend
   */
  settle(find: (port: string) => ServicePort | undefined): Set<string> {
    const touched = new Set<string>();
    for (const frontend of this.#unsettled) {
      const claims = [...(this.#claims.get(frontend) ?? [])].sort();
      const before = this.#owners.get(frontend);
      const rankOf = (key: string): number => rankIn(find(key), frontend);
      const [owner] = claims.sort((a, b) => rankOf(a) - rankOf(b));
      if (owner === undefined) this.#owners.delete(frontend);
      else this.#owners.set(frontend, owner);
      if (claims.length < 2) this.#claims.delete(frontend);
      for (const port of [before, owner]) {
        if (port !== undefined && owner !== before) touched.add(port);
      }
    }
    this.#unsettled.clear();
    return touched;
  }
}

function rankIn(port: ServicePort | undefined, key: string): number {
  const frontend = port && frontendsOf(port).find((one) => one.key === key);
  return frontend === undefined ? Infinity : ranks[frontend.kind];
}

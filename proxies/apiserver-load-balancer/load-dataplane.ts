/** Loads the dataplane that is wanted, and nothing of the other. */
import type { Dataplane, DataplaneOptions } from './dataplane.ts';

export type CreateDataplane = (options: DataplaneOptions) => Promise<Dataplane>;

const dataplanes: Readonly<Record<Dataplane['kind'], () => Promise<CreateDataplane>>> = {
  userspace: async () =>
    (await import('./userspace/userspace-dataplane.ts')).createUserspaceDataplane,
  nftables: async () => (await import('./nftables/nftables-dataplane.ts')).createNftablesDataplane,
};

export function loadDataplane(kind: Dataplane['kind']): Promise<CreateDataplane> {
  return dataplanes[kind]();
}

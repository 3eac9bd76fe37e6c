/** A proxy mode: how dataplanes are made, and what else the kernel must be told. Loaded when it is chosen. */
import type { Dataplane, DataplaneOptions } from '../dataplane.ts';
import type { Family, ServicePortState } from '../service-port.ts';

export const modeNames = ['nftables', 'userspace'] as const;
export type ModeName = (typeof modeNames)[number];

export interface ProxyMode extends AsyncDisposable {
  readonly name: ModeName;
  /** @throws where the mode does not work here, for this family. */
  createDataplane(options: DataplaneOptions): Promise<Dataplane>;
  /**
   * The lines of rules and listeners that a Service causes now, as they are, not as they should be:
   * for nftables the elements of its ports, and the shared chains that they lead to.
   */
  describe(family: Family, ports: readonly ServicePortState[]): Promise<readonly string[]>;
}

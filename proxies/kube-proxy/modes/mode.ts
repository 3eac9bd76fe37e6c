/** A proxy mode: how dataplanes are made, and what else the kernel must be told. Loaded when it is chosen. */
import type { CleanupResult } from '../conntrack/cleanup.ts';
import type { Dataplane, DataplaneOptions } from '../dataplane.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';
import type { Family, ServicePort, ServicePortState } from '../service-port.ts';

export const modeNames = ['nftables', 'userspace'] as const;
export type ModeName = (typeof modeNames)[number];

/** What a dataplane cannot do for a port, for an event of its Service. */
export interface PortProblem {
  readonly port: ServicePort;
  /** `UnsupportedProtocol`, `FailedToListen` */
  readonly reason: string;
  readonly message: string;
}

export interface ModeDataplaneOptions extends DataplaneOptions {
  readonly onProblem: (problem: PortProblem) => void;
}

export interface ProxyMode extends AsyncDisposable {
  readonly name: ModeName;
  /** @throws where the mode does not work here, for this family. */
  createDataplane(options: ModeDataplaneOptions): Promise<Dataplane>;
  /**
   * The lines of rules and listeners that a Service causes now, as they are, not as they should be:
   * for nftables the elements of its ports, and the shared chains that they lead to.
   */
  describe(family: Family, ports: readonly ServicePortState[]): Promise<readonly string[]>;
  /** Ends UDP flows to endpoints that are gone (specification 3.10); absent where there are none in the kernel. */
  readonly cleanUpUdp?: (options: {
    readonly family: Family;
    readonly ports: readonly UdpPort[];
    readonly nodeIPs: readonly string[];
  }) => Promise<CleanupResult>;
}

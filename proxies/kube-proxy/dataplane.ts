/** What moves the packets: told which ports of Services there are, as they change. */
import type { Family, ServicePortState, Transport } from './service-port.ts';

/** What both dataplanes must know of the node; a change of it is a new dataplane. */
export interface DataplaneOptions {
  readonly family: Family;
  /** Tells pods from others by their source: CIDRs of the family; empty where nobody knows (`detectLocalMode`). */
  readonly podCIDRs: readonly string[];
  /** Tells pods by where their packets come in, instead of by `podCIDRs`; null or absent: by those. */
  readonly podInterface?: PodInterface | null;
  /** Where NodePorts answer; `null`: every address of the node but loopback. */
  readonly nodePortIPs: readonly string[] | null;
  /** All addresses of the node in this family. */
  readonly nodeIPs: readonly string[];
  /** The bit of the packet mark that asks for masquerade: 14. */
  readonly masqueradeBit: number;
  /** Masquerades ClusterIP traffic of pods, too. */
  readonly masqueradeAll: boolean;
  /** The addresses and ranges of the node are not known yet: those that are in force stay. */
  readonly isNodeUnknown?: boolean;
  readonly log: (line: string) => void;
}

/** The interface that packets of pods come in by, or what all names of such interfaces begin with. */
export interface PodInterface {
  readonly name: string;
  readonly isPrefix: boolean;
}

/** What changed since the last sync. The first has everything. */
export interface DataplaneChange {
  /** New or changed ports, whole. */
  readonly changed: readonly ServicePortState[];
  /** Keys of ports that are gone. */
  readonly removed: readonly string[];
  /** The ServiceCIDRs of the family where they are known: other addresses in them are dropped. */
  readonly serviceCIDRs: readonly string[];
}

export interface SyncResult {
  /** `full`: everything was compared with what is there; `partial`: what changed was written. */
  readonly kind: 'full' | 'partial';
  /** Commands to the kernel, or listeners opened, changed and closed. */
  readonly operations: number;
  readonly tookMs: number;
  /** Why what is not needed any more could not be removed; it is tried again. Absent where it could. */
  readonly cleanupError?: string;
}

/** A flow that a dataplane sent on its way; from conntrack, or from the proxy itself. */
export interface ForwardedFlow {
  readonly protocol: Transport;
  /** Who connected, where to, and where it was sent: `address:port`, IPv6 in brackets. */
  readonly source: string;
  readonly destination: string;
  readonly backend: string;
  /** The backend sees the node's address instead of the source's. */
  readonly isMasqueraded: boolean;
  /** The port of the Service, if it is known. */
  readonly servicePort: string | null;
}

export interface Dataplane extends AsyncDisposable {
  readonly mode: 'nftables' | 'userspace';
  readonly family: Family;
  /**
   * Brings what is there to what is wanted; rejects when it cannot, and then the next is a full one.
   * Calls do not overlap: whoever calls waits. What was passed before need not be passed again.
   */
  sync(change: DataplaneChange): Promise<SyncResult>;
  /** Makes the next sync a full one: it reads what is there and repairs it. */
  distrust(): void;
  /** Calls when somebody else has changed what is ours; the next sync is then a full one. */
  onDrift(listener: (who: string) => void): Disposable;
  /** Tells the flows that begin from now on; costs nothing while nobody listens. */
  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> };
}

/** What a case of the suite is: objects of the API, and what becomes of packets because of them. */
import type { EndpointSlice, Service } from '../../endpoints/api-objects.ts';
import type { Family, Transport } from '../../service-port.ts';

export interface ConformanceCase {
  /** One of its own: `load balancer: sources`. */
  readonly name: string;
  readonly family: Family;
  readonly settings: CaseSettings;
  /** One after the other, for the same proxy. */
  readonly steps: readonly CaseStep[];
}

export interface CaseSettings {
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  readonly nodePortIPs: readonly string[] | null;
  readonly masqueradeAll: boolean;
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Addresses that the node has in this case alone. */
  readonly moreNodeIPs: readonly string[];
}

export interface CaseStep {
  /** What has happened, for the reader of a failure: `endpoints deleted`. */
  readonly name: string;
  /** All that there are now; what is missing has been deleted. */
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly flows: readonly Flow[];
}

export interface Flow {
  readonly name: string;
  /** The client's address: a pod's of this node, the node's own, or somebody's outside. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: Transport;
  readonly expect: Outcome;
}

/** What becomes of a connection. */
export type Outcome =
  | {
      readonly is: 'forwarded';
      /** Each that may get it, and each of them does sometimes: `10.180.0.1:80`, in order of text. */
      readonly backends: readonly string[];
      /** The backend sees an address of the node's instead of the client's. */
      readonly isMasqueraded: boolean;
    }
  /** All connections of the client go to one of these, and stay with it. */
  | {
      readonly is: 'sticky';
      readonly backends: readonly string[];
      readonly isMasqueraded: boolean;
    }
  /** The client is told at once: `ECONNREFUSED`. */
  | { readonly is: 'REJECT' }
  /** The client hears nothing. */
  | { readonly is: 'DROP' }
  /** The client is connected, and reset at once: no kernel does that, but a proxy in user space. */
  | { readonly is: 'RESET' }
  /** It goes where it was sent, as if there were no proxy. */
  | { readonly is: 'untouched' };

/** What was seen of it. */
export type Observed = Outcome | { readonly is: 'failed'; readonly why: string };

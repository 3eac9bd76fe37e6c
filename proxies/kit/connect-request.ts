/**
 * Connections that a machine or a pod of the lab makes for somebody: what it is asked for, and what came of
 * each. Serialisable: crosses process borders as JSON, the outcomes as lines of NDJSON.
 */

export type ConnectProtocol = 'TCP' | 'UDP' | 'SCTP';

/** Who connects. */
export type ConnectFrom =
  /** `client`, `node-1`: from the machine's own address. */
  | { readonly machine: string }
  /** `default/web-0`: from the pod's address, in its node's network. */
  | { readonly pod: string };

/** Where to. A Service stands for the address that it has, of the family and kind that is asked for. */
export type ConnectTarget =
  | { readonly address: string; readonly port: number }
  | {
      /** `platform/echo` */
      readonly service: string;
      /** The name or the number of the Service's port. */
      readonly port: string;
      /** Default `ClusterIP`. `LoadBalancer`: an address in the Service's status. */
      readonly through?: 'ClusterIP' | 'LoadBalancer' | { readonly nodePortOf: string };
      /** Default: the first of the Service. */
      readonly family?: 'IPv4' | 'IPv6';
    };

export interface ConnectRequest {
  readonly protocol: ConnectProtocol;
  readonly to: ConnectTarget;
  /** Sent one after the other, each when the one before it was answered. Default: `whoami`. */
  readonly messages?: readonly string[];
  /** Waited after each answer but the last. Default 0. */
  readonly pauseMs?: number;
  /** How many connections. Default 1. */
  readonly count?: number;
  /** How many of them at a time. Default 1. */
  readonly concurrency?: number;
  /** For connecting, and for each answer. Default 2000. */
  readonly timeoutMs?: number;
}

/** Who answered, in its own words: see `whoami` of the lab's echo programs. */
export interface ConnectBackend {
  /** `platform/echo-7d9f-x2x4z` */
  readonly pod: string;
  readonly node: string;
  /** The address it was reached at: `10.244.1.5:7007`. */
  readonly self: string;
  /** Whom it takes for its client: `10.244.2.3:41234`. */
  readonly peer: string;
}

/** What came of one connection. */
export interface ConnectOutcome {
  /** Counts from 0, in the order in which connections began. */
  readonly index: number;
  readonly protocol: ConnectProtocol;
  /** `ok`: every message was answered. Else why not: `ECONNREFUSED`, `ETIMEDOUT`, `ECONNRESET`… */
  readonly result: 'ok' | (string & {});
  /** Without their line ends. */
  readonly answers: readonly string[];
  /** Of the first answer that says so; null where none does. */
  readonly backend: ConnectBackend | null;
  /** Our own end, `10.244.1.5:34567`; null where there was none. Names the flow: see `flowName`. */
  readonly local: string | null;
  /** Who was connected to: `10.96.0.20:7`. */
  readonly remote: string;
  /** Milliseconds, from the first packet to the first answer, or to the end. */
  readonly tookMs: number;
}

/** The `request` of the hops of a flow. @example flowName('TCP', '10.244.1.5:34567') // 'TCP 10.244.1.5:34567' */
export function flowName(protocol: ConnectProtocol, source: string): string {
  return `${protocol} ${source}`;
}

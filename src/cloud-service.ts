/**
 * The experiment of the cloud's page: a Service of type LoadBalancer is created, and what becomes of it is told as it
 * happens, until it has been deleted. Safe in a browser.
 */
import type { LoadBalancerIngress, Transport } from '../proxies/cloud-load-balancer/service.ts';

/** What of protocols a Service may have, one port for each. */
export const portChoices = {
  tcp: ['TCP'],
  udp: ['UDP'],
  sctp: ['SCTP'],
  'tcp-udp': ['TCP', 'UDP'],
} as const satisfies Readonly<Record<string, readonly Transport[]>>;

export type PortChoice = keyof typeof portChoices;

export function isPortChoice(id: string): id is PortChoice {
  return Object.hasOwn(portChoices, id);
}

/** Where no cloud is: the Service names a class that nobody serves. */
export const noCloud = 'none';

/** Times are milliseconds since the Service was asked for. */
interface Since {
  readonly atMs: number;
}

/** The object as the apiserver made it. */
export interface MadeLine extends Since {
  readonly type: 'made';
  /** `visitor-4f1c/hello-7d2a` */
  readonly service: string;
  readonly clusterIP: string;
  readonly ports: readonly {
    readonly protocol: Transport;
    readonly port: number;
    readonly nodePort: number | null;
  }[];
}

/** The finalizer of load balancers has been added, or taken away. */
export interface FinalizerLine extends Since {
  readonly type: 'finalizer';
  readonly isThere: boolean;
}

/** An event of the Service, in Kubernetes' words. */
export interface EventLine extends Since {
  readonly type: 'event';
  readonly level: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** `status.loadBalancer` has changed. */
export interface StatusLine extends Since {
  readonly type: 'status';
  /** Empty: there is no address any more. */
  readonly ingress: readonly LoadBalancerIngress[];
  /** The addresses that a hostname in it stands for; empty where it has none. */
  readonly standsFor: readonly string[];
}

/** A connection, or a datagram, from outside to the address, and what came of it. */
export interface PacketLine extends Since {
  readonly type: 'packet';
  readonly protocol: Transport;
  /** `203.0.113.4:7`; where the status has a hostname, this is what it stands for. */
  readonly to: string;
  readonly result: 'answered' | 'refused' | 'nothing';
  readonly tookMs: number;
  /** Its way, where it was seen. */
  readonly path: PacketPath | null;
}

export interface PacketPath {
  /** The node that the load balancer chose; null: there was none between, or it was not seen. */
  readonly node: string | null;
  /** Where the pod runs, which may be another. */
  readonly podNode: string;
  readonly pod: string;
  /** Whom the pod takes for its client: `172.30.0.22:40112`. */
  readonly seenAs: string;
}

/** Nobody has taken it up, and it was waited for. */
export interface PendingLine extends Since {
  readonly type: 'pending';
}

/** It has come to what it comes to; it stays for a while, unless the reader deletes it. */
export interface SettledLine extends Since {
  readonly type: 'settled';
  readonly result: CloudServiceResult;
}

/** It has been asked to be deleted: by the reader, or because the time was up. */
export interface DeletedLine extends Since {
  readonly type: 'deleted';
  readonly by: 'reader' | 'time';
}

/** The object is gone. */
export interface GoneLine extends Since {
  readonly type: 'gone';
}

export type CloudServiceLine =
  | MadeLine
  | FinalizerLine
  | EventLine
  | StatusLine
  | PacketLine
  | PendingLine
  | SettledLine
  | DeletedLine
  | GoneLine;

/**
 * `served`: every port answered. `partly`: some did. `unserved`: there is an address, and no port answered.
 * `failed`: the cloud refused it. `pending`: nobody took it up.
 */
export const cloudServiceResults = ['served', 'partly', 'unserved', 'failed', 'pending'] as const;
export type CloudServiceResult = (typeof cloudServiceResults)[number];

export interface CloudServiceSummary {
  readonly result: CloudServiceResult;
  /** Whether the profile says so, too. */
  readonly isAsExpected: boolean;
  /** Until the address stood in the status, and until the first answer; null where it did not come to that. */
  readonly addressMs: number | null;
  readonly answerMs: number | null;
  /** From the deletion until the object was gone; null where it was not, in time. */
  readonly goneMs: number | null;
}

/** What it came to, as far as it has been told. */
export function resultOf(lines: readonly CloudServiceLine[]): CloudServiceResult {
  const deletedAt = lines.findIndex(({ type }) => type === 'deleted');
  const lived = deletedAt === -1 ? lines : lines.slice(0, deletedAt);
  if (addressIn(lived) === undefined) {
    const isRefused = lived.some((line) => line.type === 'event' && line.reason === failureReason);
    return isRefused ? 'failed' : 'pending';
  }
  const wanted = lived.find((line) => line.type === 'made')?.ports.length ?? 0;
  const answered = new Set(answersIn(lived).map(({ protocol }) => protocol)).size;
  return answered === 0 ? 'unserved' : answered < wanted ? 'partly' : 'served';
}

export function summarizeCloudService(
  lines: readonly CloudServiceLine[],
  expected: CloudServiceResult,
): CloudServiceSummary {
  const result = resultOf(lines);
  const deleted = lines.find(({ type }) => type === 'deleted');
  const gone = lines.find(({ type }) => type === 'gone');
  return {
    result,
    isAsExpected: result === expected,
    addressMs: rounded(addressIn(lines)?.atMs),
    answerMs: rounded(answersIn(lines)[0]?.atMs),
    goneMs: deleted && gone ? Math.round(gone.atMs - deleted.atMs) : null,
  };
}

/** The reason of the event by which a cloud refuses a Service. */
export const failureReason = 'SyncLoadBalancerFailed';

function addressIn(lines: readonly CloudServiceLine[]): StatusLine | undefined {
  return lines.find((line) => line.type === 'status' && line.ingress.length > 0) as
    StatusLine | undefined;
}

function answersIn(lines: readonly CloudServiceLine[]): readonly PacketLine[] {
  return lines
    .filter((line) => line.type === 'packet')
    .filter(({ result }) => result === 'answered');
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}

/** What a container runs in the lab: a program of `lab/workloads`, named by its image. */
import type { ApiConnection } from '../../proxies/kit/api/api-client.ts';

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** What a container is started with. */
export interface WorkloadContext {
  /** The pod's own addresses, `status.podIPs`: the only ones to listen on or to connect from. */
  readonly addresses: readonly string[];
  readonly ports: readonly ContainerPort[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly pod: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly nodeName: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly containerName: string;
  /**
   * Where the API is, and a new token of the pod's service account: what a pod finds in
   * `/var/run/secrets/kubernetes.io/serviceaccount`. Absent where the node has none to give.
   */
  readonly connectApi?: () => Promise<ApiConnection>;
  /** One line of the container's log, without a timestamp. */
  log(line: string): void;
}

/** A container that runs. Disposing it is SIGKILL: every listener and connection is closed. */
export interface Workload extends AsyncDisposable {
  /** SIGTERM: finish what is under way, then end. `exited` says when. */
  terminate(): void;
  /** Resolves with the exit code when the program has ended, by itself or by `terminate`. */
  readonly exited: Promise<number>;
}

/** @throws Error when it cannot start (the address is taken, an argument is wrong): `CrashLoopBackOff`. */
export type StartWorkload = (context: WorkloadContext) => Promise<Workload>;

/**
 * Proofs: a probe, and two worlds to run it in. In the world of the claim it must succeed; in the
 * refuted one, where the claim is false, the same probe must fail by contradiction.
 */
import type { Need, Value } from '../descriptor.ts';
import type { ConnectFrom, ConnectOutcome, ConnectRequest } from './connect-request.ts';
import type { Hop } from './hop.ts';
import type { Credential } from './pki/authority.ts';

/** Something a proof saw: the message `claims:<claim id>.evidence.<key>` with its values. */
export interface Observation {
  readonly key: string;
  readonly values: Readonly<Record<string, Value>>;
  /** `noted`: recorded only. `holds` and `contradicts`: the outcome of a check. */
  readonly standing: 'noted' | 'holds' | 'contradicts';
}

/** Thrown by `check` alone: the world contradicts the claim. Any other error is a defect of the proof. */
export class Contradiction extends Error {
  override readonly name = 'Contradiction';
}

/** What a probe writes down while it runs. */
export interface Notebook {
  /** Records what was seen. */
  saw(key: string, values?: Readonly<Record<string, Value>>): void;
  /** Records a hop; hand it to a proxy as its `onHop`. */
  readonly hop: (hop: Hop) => void;
  /** Records the observation, and throws a `Contradiction` naming it unless the condition holds. */
  check(isSo: boolean, key: string, values?: Readonly<Record<string, Value>>): asserts isSo;
}

/** A request as an apiserver of the laboratory received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** The raw request target, escapes untouched. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly tls: {
    readonly version: string;
    readonly serverName: string | null;
    readonly clientCertificate: string | null;
  } | null;
  readonly remoteAddress: string;
}

/** An apiserver of its own for one proof, which remembers what reached it. */
export interface RecordingApiserver extends AsyncDisposable {
  readonly server: string;
  readonly caFile: string;
  readonly caPem: string;
  /** A bearer token that this apiserver accepts, and who it stands for. */
  readonly token: string;
  /** Files of a client certificate that it accepts. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
  /** Of its serving certificate, as Node writes it: `AB:CD:…`. */
  readonly fingerprint256: string;
  readonly requests: readonly ReceivedRequest[];
  /** `false`: `/readyz` fails from now on, as in one that was told to stop, and everything else goes on. */
  setReady(isReady: boolean): void;
  /** Writes a kubeconfig that points here and returns its path. `user` replaces the user entry. */
  kubeconfig(options?: {
    readonly user?: Readonly<Record<string, unknown>>;
    readonly cluster?: Readonly<Record<string, unknown>>;
  }): Promise<string>;
}

/**
 * Apiservers of one cluster: what is stored through one is there through all, and who is known to one is
 * known to all. Each has a serving certificate of its own.
 */
export interface RecordingCluster extends AsyncDisposable {
  readonly apiservers: readonly RecordingApiserver[];
  /** A serving certificate for these names that the clients of this cluster trust. */
  issueServer(names: readonly string[]): Promise<Credential>;
}

/** What an apiserver of a proof's own may be started with. */
export interface LentApiserverOptions {
  /** Default true. `--aggregator-reject-forwarding-redirect`: redirects of aggregated API servers become 502. */
  readonly rejectsForwardedRedirects?: boolean;
  /** Hears the hops of what is proxied through it: `hop` of the notebook. */
  readonly onHop?: (hop: Hop) => void;
}

/** What a command in a machine's network came to. */
export interface MachineResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** The machines of the running lab, each in a network of its own. Proofs look on: they change nothing. */
export interface LabMachines {
  /** Where clients outside find the apiservers: `https://192.0.2.2:6443`. */
  readonly server: string;
  /** Where the apiservers themselves are, of both families: `172.30.0.11:6443`, `[fd00:172:30::11]:6443`. */
  readonly apiservers: readonly string[];
  /** A machine outside of the cluster: it has the apiservers to talk to, and no way to a pod. */
  readonly outside: string;
  /** A machine of the cluster. */
  readonly inside: string;
  /** The cluster's own networks, by what has its addresses there. */
  readonly networks: Readonly<Record<'pods' | 'nodes', readonly string[]>>;
  /** Runs a command in that machine's network, with the host's files. */
  run(machine: string, argv: readonly string[], stdin: string): Promise<MachineResult>;
  /**
   * Makes TCP, UDP or SCTP connections from a machine or a pod; resolves with what came of each.
   *
   * @throws Error when it cannot be tried: there is no such pod, Service or machine.
   */
  connect(from: ConnectFrom, request: ConnectRequest): Promise<readonly ConnectOutcome[]>;
  /** The hops of everybody's requests; those that begin once it is ready are seen. */
  onHop(listener: (hop: Hop) => void): Disposable & { readonly ready: Promise<void> };
}

/** What the lab lends to a proof. Whatever is started through it ends with the proof. */
export interface Laboratory {
  /** A directory of this proof's own, removed afterwards. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** A kubeconfig for the running cluster: the lab's, or the one the reader named. */
  readonly clusterKubeconfig: string;
  /** Null on loopback, and in front of a cluster of the reader's. */
  readonly machines: LabMachines | null;
  /** Its kubelet is anybody on a loopback address, and its endpoints may be there, too. */
  startApiserver(options?: LentApiserverOptions): Promise<RecordingApiserver>;
  /** So many of one cluster. */
  startApiservers(count: number, options?: LentApiserverOptions): Promise<RecordingCluster>;
}

/** A claim's probe, tried in one of its two worlds. Built by `defineProof`. */
export interface Proof {
  /**
   * Resolves when the probe found the claim to hold.
   *
   * @throws Contradiction when the world contradicts the claim; any other error is a defect.
   */
  tryIn(which: WorldName, laboratory: Laboratory, notebook: Notebook): Promise<void>;
}

/** `claimed`: the world of the claim. `refuted`: the variant in which the claim is false. */
export type WorldName = 'claimed' | 'refuted';

type Builder<World> = (laboratory: Laboratory, notebook: Notebook) => Promise<World>;

/** One probe and the two worlds it runs in; the world is disposed after the probe. */
export function defineProof<World extends AsyncDisposable>(
  parts: Readonly<Record<WorldName, Builder<World>>> & {
    readonly probe: (world: World, notebook: Notebook, laboratory: Laboratory) => Promise<void>;
  },
): Proof {
  return {
    async tryIn(which, laboratory, notebook) {
      await using world = await parts[which](laboratory, notebook);
      await parts.probe(world, notebook, laboratory);
    },
  };
}

export type Outcome =
  | {
      readonly verdict: 'held' | 'contradicted';
      readonly observations: readonly Observation[];
      readonly hops: readonly Hop[];
      readonly tookMs: number;
    }
  | {
      readonly verdict: 'failed';
      readonly observations: readonly Observation[];
      readonly hops: readonly Hop[];
      readonly tookMs: number;
      readonly cause: string;
    };

/** What running a claim came to. `proved` only if the claim held and its refutation was contradicted. */
export type Verdict =
  | {
      readonly claim: string;
      readonly result: 'proved' | 'disproved' | 'vacuous' | 'defective';
      readonly claimed: Outcome;
      readonly refuted: Outcome;
    }
  | {
      readonly claim: string;
      readonly result: 'not-provable-here';
      readonly missing: readonly Need[];
    };

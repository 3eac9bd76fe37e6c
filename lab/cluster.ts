/** The cluster: its state, its machines, and the door to its apiservers. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadBalancerView } from '../proxies/cloud-load-balancer/hop-cloud/options.ts';
import type { ApiConnection } from '../proxies/kit/api/api-client.ts';
import { createHopFeed, type HopFeed } from './hop-feed.ts';
import { base64, writeKubeconfig } from './kubeconfig.ts';
import type { ApiserverPath } from './load-balancer/messages.ts';
import { makeDirectory } from '../proxies/kit/make-directory.ts';
import type { MachineAction, MachineStatus } from './machines/machine.ts';
import { openDoor, type Door, type DoorOptions } from './network/door.ts';
import { layNetwork } from './network/lay-network.ts';
import type { CommandOptions, CommandResult } from './network/run-command.ts';
import { ensureClusterPki } from './pki/cluster-pki.ts';
import { earlierShare, removePassing, stateDirectory } from './state-directory.ts';
import { lockState } from './state-lock.ts';
import {
  defaultTopology,
  planMachines,
  type LabMode,
  type LabPlace,
  type MachinePlan,
  type TopologyOptions,
} from './topology.ts';

export interface ClusterOptions {
  /** Where the cluster keeps its state: `.lab/…` in the project, usually. Made if absent. */
  readonly directory: string;
  readonly topology?: TopologyOptions;
  /** Forgets what was there before. */
  readonly fresh?: boolean;
  /** The port of the door to the apiservers; absent: the system chooses. */
  readonly port?: number;
  /** Absent: `HOP_LAB_MODE`, or else isolated where that can be had. */
  readonly mode?: LabMode;
}

export interface Cluster extends AsyncDisposable {
  readonly mode: LabMode;
  /** Where its addresses are. */
  readonly place: LabPlace;
  /** Why it is not isolated; `null` when it is. */
  readonly reason: string | null;
  /** `https://127.0.0.1:…`: the apiservers, seen from the host. */
  readonly server: string;
  /** As the administrator. */
  readonly connection: ApiConnection;
  /** A kubeconfig of an administrator, mode 0600. */
  readonly kubeconfigPath: string;
  /** A kubeconfig of `visitor`, of the group `hop:visitors`. */
  readonly visitorKubeconfigPath: string;
  machines(): readonly MachineStatus[];
  /** Called after each change; `machines` tells what it was. */
  onChange(listener: () => void): Disposable;
  /**
   * Calls with each stretch of each request that goes through an apiserver to a node, a pod or a Service.
   * The first listener switches it on, the last one off: it costs nothing while nobody listens.
   */
  onHop: HopFeed['onHop'];
  /**
   * Which way a connection to the apiservers went, by where it comes from: outside of a door as the host
   * sees it (`127.0.0.1:54321`, an `address:port` of the client's own end), or within the lab
   * (`192.0.2.10:40122`). Null where the load balancer knows of none. It knows those that live; while hops
   * are followed it remembers the last thousand, too.
   */
  pathOf(source: string): Promise<ApiserverPath | null>;
  /**
   * Where the connection comes from, within the lab, that a door has made for one of the host's: of the last thousand.
   *
   * @param source the host's own end of it, `127.0.0.1:54321`
   */
  behindDoor(source: string): Promise<string | null>;
  /**
   * What the cloud has given to Services of type LoadBalancer, with its nodes and their health. Nothing where it
   * does not answer.
   */
  loadBalancers(): Promise<readonly LoadBalancerView[]>;
  /** @throws Error with the reason when it cannot be done. */
  act(machine: string, action: MachineAction): Promise<void>;
  /** Runs a command in that machine's network. */
  run(machine: string, argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Opens a door on the host to a `host:port` of the lab. */
  openDoor(options: DoorOptions, target: string): Promise<Door>;
}

/**
 * Starts it; resolves when its machines have been started, which is before they are ready.
 *
 * @throws LabInUseError, or the system's error when the port is taken or the directory cannot be written.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { topology = defaultTopology, fresh = false, port = 0 } = options;
  const state = stateDirectory(options.directory);
  await using starting = new AsyncDisposableStack();
  await makeDirectory(state.path, 0o700);
  const lock = starting.use(await lockState(state.path, state.passing.lock));
  // Nobody answers there any more once the lab has ended.
  starting.defer(() => removePassing(state));
  const forgotten = [state.logs, ...(fresh ? [state.pki, state.stores] : [])];
  await Promise.all(forgotten.map((path) => rm(path, { recursive: true, force: true })));
  await mkdir(state.logs, { mode: 0o700 });

  let machines: readonly MachineStatus[] = planMachines(topology).map(planned);
  const listeners = new Set<() => void>();
  const tell = (told: readonly MachineStatus[]) => {
    machines = told;
    for (const listener of listeners) listener();
  };
  const hops = createHopFeed();
  const share = await earlierShare(state);
  const [laid, made] = await Promise.allSettled([
    layNetwork({
      topology,
      share,
      mode: options.mode ?? modeOf(process.env),
      logPath: join(state.logs, 'supervisor.log'),
      mark: state.path,
      onMachines: tell,
      onHop: hops.tell,
    }),
    ensureClusterPki(state.pki),
  ]);
  if (laid.status === 'rejected') throw laid.reason;
  const { supervisor, place, reason, apiserver } = laid.value;
  starting.use(supervisor);
  void supervisor.ended.then(() => tell(machines.map(lost)));
  if (made.status === 'rejected') throw made.reason;
  if (supervisor.pid !== undefined) await lock.add(supervisor.pid);
  const door = await openDoor(supervisor, { protocol: 'TCP', port }, apiserver);

  const server = `https://${door.address}`;
  const [caPem = '', certPem = '', keyPem = ''] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((name) => readFile(join(state.pki, name), 'utf8')),
  );
  const cluster = { server, 'certificate-authority-data': base64(caPem) };
  const administrator = {
    'client-certificate-data': base64(certPem),
    'client-key-data': base64(keyPem),
  };
  const token = randomBytes(24).toString('base64url');
  const { kubeconfig, visitorKubeconfig, tokens } = state.passing;
  await Promise.all([
    writeKubeconfig(kubeconfig, { cluster, user: administrator }),
    writeKubeconfig(visitorKubeconfig, { cluster, user: { token } }),
    writeFile(tokens, `${token},visitor,visitor,hop:visitors\n`, { mode: 0o600 }),
  ]);
  await supervisor.request('start-machines', { directory: state.path });
  hops.connect((isFollowed) => supervisor.request('follow-hops', { isFollowed }));

  const running = starting.move();
  return {
    mode: place.mode,
    place,
    reason,
    server,
    connection: { server, caPem, certPem, keyPem, userAgent: 'hop' },
    kubeconfigPath: kubeconfig,
    visitorKubeconfigPath: visitorKubeconfig,
    machines: () => machines,
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onHop: hops.onHop,
    loadBalancers: () => supervisor.request('load-balancers', null),
    behindDoor: (source) => supervisor.request('behind-door', { source }),
    pathOf: (source) => supervisor.request('path-of', { source }),
    act: async (machine, action) => {
      await supervisor.request('act', { machine, action });
    },
    run: (machine, argv, { stdin, signal, onStdout } = {}) =>
      supervisor.request(
        'run',
        { machine, argv, stdin, isFollowed: onStdout !== undefined },
        { signal, onOutput: onStdout },
      ),
    openDoor: (doorOptions, target) => openDoor(supervisor, doorOptions, target),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What a machine is before the supervisor has told of it. */
function planned({ name, role, addresses }: MachinePlan): MachineStatus {
  const since = new Date().toISOString();
  const nothing = { faults: [], restarts: 0, pid: null, residentBytes: null };
  return { name, role, addresses, state: 'starting', since, ...nothing };
}

/** What becomes of a machine with its supervisor. */
function lost(machine: MachineStatus): MachineStatus {
  return {
    ...machine,
    state: 'ended',
    since: new Date().toISOString(),
    pid: null,
    residentBytes: null,
    message: 'the supervisor of the lab has ended',
  };
}

function modeOf({ HOP_LAB_MODE: mode }: NodeJS.ProcessEnv): LabMode | undefined {
  return mode === 'isolated' || mode === 'loopback' ? mode : undefined;
}

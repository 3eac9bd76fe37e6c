/** Starts the machines of the lab and watches them. */
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Hop } from '../../proxies/kit/hop.ts';
import type { LoadBalancersAnswer, LoadBalancersQuestion } from '../cloud/messages.ts';
import type {
  ApiserverPath,
  ApiserversMessage,
  PathQuestion,
  PlacedConnection,
} from '../load-balancer/messages.ts';
import { formatEndpoint } from '../network/endpoint.ts';
import type { Network } from '../network/network.ts';
import { stateDirectory, type StateDirectory } from '../state-directory.ts';
import { apiserverPort, type MachinePlan, type MachineRole } from '../topology.ts';
import { createBystander } from './bystander.ts';
import { commandLine, endpointOf } from './command-lines.ts';
import type { MachineAction, MachineStatus } from './machine.ts';
import { startMachine, type MachineProcess } from './machine-process.ts';
import { writeMachineKubeconfigs } from './machine-kubeconfigs.ts';
import { createProbes } from './probe.ts';

export interface MachinesOptions {
  readonly network: Network;
  readonly directory: string;
  /** `host:port` where the machines find the apiservers. */
  readonly apiserver: string;
  readonly onChange: (statuses: readonly MachineStatus[]) => void;
  /** Called while hops are followed. */
  readonly onHop: (hop: Hop) => void;
  readonly commandLine?: typeof commandLine;
}

export interface Machines extends AsyncDisposable {
  /** @throws Error with the reason when it cannot be done. */
  act(machine: string, action: MachineAction): Promise<void>;
  /**
   * Whether the apiservers and nodes tell what becomes of requests and connections on their way through
   * them. Resolves when those that are ready do so.
   */
  followHops(isFollowed: boolean): Promise<void>;
  /** Which way the load balancer sent the connection from there, `192.0.2.1:40122`; null where it knows none. */
  pathOf(source: string): Promise<ApiserverPath | null>;
  /** What the cloud has given to Services; nothing where it does not answer. */
  loadBalancers(): Promise<LoadBalancersAnswer>;
}

/** Clients before those whom they ask. */
const endOrder: readonly (readonly MachineRole[])[] = [
  ['node', 'controllers', 'cloud', 'client'],
  ['load-balancer'],
  ['apiserver'],
  ['store'],
];
const tellsHops: ReadonlySet<MachineRole> = new Set([
  'apiserver',
  'load-balancer',
  'cloud',
  'node',
]);
const tellEveryMs = 5_000;

/** Starts all at once: each program waits for those it needs. */
export async function startMachines(options: MachinesOptions): Promise<Machines> {
  const { network, directory, apiserver, onChange, onHop } = options;
  const state = stateDirectory(directory);
  await using starting = new AsyncDisposableStack();
  await writeMachineKubeconfigs({
    state,
    server: `https://${apiserver}`,
    machines: network.machines,
  });
  const probes = await createProbes(state.pki);
  const context = { place: network.place, state, store: storeAddress(network, state) };
  const machines = new Map<string, MachineProcess>();
  let isTelling = false;

  const inRole = (role: MachineRole) =>
    [...machines.values()].filter(({ status }) => status.role === role);

  let told: readonly string[] = [];
  /** On loopback an apiserver is somewhere else after each of its starts. */
  const tellApiservers = () => {
    const apiservers = inRole('apiserver').flatMap(({ status }) => apiserverAddresses(status));
    if (apiservers.join() === told.join()) return;
    told = apiservers;
    const list: ApiserversMessage = { apiservers };
    for (const loadBalancer of inRole('load-balancer')) loadBalancer.tell(list);
  };

  /** Once for all changes of a moment. */
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    setImmediate(() => {
      isTelling = false;
      tellApiservers();
      onChange([...machines.values()].map(({ status }) => status));
    });
  };

  for (const plan of network.machines) {
    const argv = (options.commandLine ?? commandLine)(plan, context);
    const common = {
      plan,
      setLink: (isUp: boolean) => network.setLink(plan.name, isUp),
      onChange: tell,
    };
    const machine =
      argv === null || plan.role === 'client'
        ? createBystander(common)
        : startMachine({
            ...common,
            argv: network.inside(plan.name, argv),
            endpoint: plan.role === 'store' ? context.store : endpointOf(plan, network.place),
            probe: probes[plan.role],
            logPath: join(state.logs, `${plan.name}.log`),
            onHop,
          });
    machines.set(plan.name, machine);
  }
  starting.defer(async () => {
    for (const roles of endOrder) {
      const ending = roles.flatMap(inRole);
      await Promise.all(ending.map((machine) => machine[Symbol.asyncDispose]()));
    }
  });
  const telling = setInterval(tell, tellEveryMs);
  starting.defer(() => clearInterval(telling));

  const running = starting.move();
  return {
    act: async (name, action) => {
      const machine = machines.get(name);
      if (!machine) throw new Error(`There is no machine ${name}.`);
      await machine.act(action);
    },
    followHops: async (isFollowed) => {
      const telling = [...machines.values()].filter(({ status: { role } }) => tellsHops.has(role));
      await Promise.all(telling.map((machine) => machine.followHops(isFollowed)));
    },
    pathOf: async (source) => {
      const question: PathQuestion = { pathOf: source };
      for (const loadBalancer of inRole('load-balancer')) {
        // It is our program.
        const connection = (await loadBalancer.ask(question)) as PlacedConnection | null;
        if (connection === null) continue;
        const found = inRole('apiserver').find(({ status }) =>
          apiserverAddresses(status).includes(connection.backend),
        );
        return { ...connection, apiserver: found?.status.name ?? null };
      }
      return null;
    },
    loadBalancers: async () => {
      const question: LoadBalancersQuestion = { loadBalancers: true };
      const answers = await Promise.all(inRole('cloud').map((cloud) => cloud.ask(question)));
      // It is our program.
      return answers.flatMap((answer) => (answer as LoadBalancersAnswer | null) ?? []);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Where it serves, as `host:port`; on loopback its status has the port, once it serves. */
function apiserverAddresses({ addresses }: MachineStatus): readonly string[] {
  return addresses.map((one) => (isIP(one) === 0 ? one : formatEndpoint(one, apiserverPort)));
}

/** On loopback a socket in the state directory: nobody else can come to it. */
function storeAddress({ machines, place }: Network, state: StateDirectory): string {
  const store = machines.find(({ role }: MachinePlan) => role === 'store');
  return (store && endpointOf(store, place)) ?? state.passing.storeSocket;
}

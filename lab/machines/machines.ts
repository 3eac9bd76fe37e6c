/** Starts the machines of the lab and watches them. */
import { join } from 'node:path';
import type { Hop } from '../../proxies/kit/hop.ts';
import type { Network } from '../network/network.ts';
import { stateDirectory, type StateDirectory } from '../state-directory.ts';
import type { MachinePlan, MachineRole } from '../topology.ts';
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
  /** The apiservers that are ready, as `host:port`. */
  readonly onApiservers: (ready: readonly string[]) => void;
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
}

/** Clients before those whom they ask. */
const endOrder: readonly (readonly MachineRole[])[] = [
  ['node', 'controllers', 'client'],
  ['apiserver'],
  ['store'],
];
const tellsHops: ReadonlySet<MachineRole> = new Set(['apiserver', 'node']);
const tellEveryMs = 5_000;

/** Starts all at once: each program waits for those it needs. */
export async function startMachines(options: MachinesOptions): Promise<Machines> {
  const { network, directory, apiserver, onChange, onApiservers, onHop } = options;
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

  /** Once for all changes of a moment. */
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    setImmediate(() => {
      isTelling = false;
      onApiservers(readyApiservers([...machines.values()]));
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
            endpoint: plan.role === 'store' ? context.store : endpointOf(plan),
            probe: probes[plan.role],
            logPath: join(state.logs, `${plan.name}.log`),
            onHop,
          });
    machines.set(plan.name, machine);
  }
  starting.defer(async () => {
    for (const roles of endOrder) {
      const ending = [...machines.values()].filter(({ status }) => roles.includes(status.role));
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
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function readyApiservers(machines: readonly MachineProcess[]): readonly string[] {
  return machines
    .filter(({ status }) => status.role === 'apiserver' && status.state === 'ready')
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => endpoint !== null);
}

/** On loopback a socket in the state directory: nobody else can come to it. */
function storeAddress({ machines }: Network, state: StateDirectory): string {
  const store = machines.find(({ role }: MachinePlan) => role === 'store');
  return (store && endpointOf(store)) ?? state.passing.storeSocket;
}

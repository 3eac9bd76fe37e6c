/** Does what the host asks for, in the lab's own network. */
import { Socket as DatagramSocket } from 'node:dgram';
import { Server } from 'node:net';
import { startMachines, type Machines } from '../machines/machines.ts';
import { apiserverLoadBalancer, isolatedPlace, planMachines } from '../topology.ts';
import { createDoorPaths } from './door-paths.ts';
import { formatEndpoint } from './endpoint.ts';
import { layIsolatedNetwork } from './isolated-network.ts';
import { freePortOf, takeLoopbackShare } from './loopback-share.ts';
import type { Report, RequestMessage, RequestName, Requests } from './messages.ts';
import { createLoopbackNetwork, type Network } from './network.ts';
import { runCommand } from './run-command.ts';
import { serveTcpDoor } from './tcp-door.ts';
import { serveUdpDoor } from './udp-door.ts';

export interface Supervisor extends AsyncDisposable {
  /** A message of the channel, and the socket that came with it. */
  receive(message: unknown, handle: unknown): void;
  /** The state of the machines that it has started. */
  readonly directory: string | null;
}

type Handlers = {
  readonly [Name in RequestName]: (
    ask: Requests[Name]['ask'],
    context: { readonly request: number; readonly handle: unknown },
  ) => Promise<Requests[Name]['answer']>;
};

export function createSupervisor(report: (report: Report) => void): Supervisor {
  const owned = new AsyncDisposableStack();
  const doors = new Map<number, Disposable>();
  const runs = new Map<number, AbortController>();
  let network: Network | null = null;
  let apiserver = '';
  const paths = createDoorPaths();
  let machines: Machines | null = null;
  let directory: string | null = null;

  const handlers: Handlers = {
    'lay-network': async ({ mode, topology, share }) => {
      const place = mode === 'isolated' ? isolatedPlace : owned.use(await takeLoopbackShare(share));
      const { addresses, port } = apiserverLoadBalancer;
      apiserver =
        mode === 'isolated'
          ? formatEndpoint(addresses[0], port)
          : formatEndpoint('127.0.0.1', await freePortOf(place));
      const plan = planMachines(topology, place, apiserver);
      network =
        mode === 'isolated' ? await layIsolatedNetwork(plan) : createLoopbackNetwork(place, plan);
      return { place: { mode, share: place.share }, apiserver };
    },
    'start-machines': async (ask) => {
      directory = ask.directory;
      machines = owned.use(
        await startMachines({
          network: laid(network),
          directory,
          apiserver,
          onChange: (statuses) => report({ report: 'machines', machines: statuses }),
          onHop: (hop) => report({ report: 'hop', hop }),
        }),
      );
      return null;
    },
    act: async ({ machine, action }) => {
      await laid(machines).act(machine, action);
      return null;
    },
    'follow-hops': async ({ isFollowed }) => {
      await laid(machines).followHops(isFollowed);
      return null;
    },
    'path-of': ({ source }) => laid(machines).pathOf(paths.innerOf(source) ?? source),
    'behind-door': async ({ source }) => paths.innerOf(source) ?? null,
    'load-balancers': () => laid(machines).loadBalancers(),
    run: async ({ machine, argv, stdin, isFollowed }, { request }) => {
      const cancel = new AbortController();
      runs.set(request, cancel);
      try {
        const command = laid(network).inside(machine, argv);
        const onStdout = isFollowed
          ? (text: string) => report({ report: 'output', request, text })
          : undefined;
        return await runCommand(command, { stdin, onStdout, signal: cancel.signal });
      } finally {
        runs.delete(request);
      }
    },
    'open-door': async ({ door, target }, { handle }) => {
      if (handle instanceof Server) doors.set(door, serveTcpDoor(handle, target, paths.note));
      else if (handle instanceof DatagramSocket) doors.set(door, serveUdpDoor(handle, target));
      else throw new Error('A door is opened with its socket.');
      return null;
    },
    'close-door': async ({ door }) => {
      doors.get(door)?.[Symbol.dispose]();
      doors.delete(door);
      return null;
    },
    cancel: async ({ request }) => {
      runs.get(request)?.abort();
      return null;
    },
    end: async () => {
      await owned.disposeAsync();
      return null;
    },
  };

  const answer = async <Name extends RequestName>(
    { request, name, ask }: RequestMessage<Name>,
    handle: unknown,
  ) => {
    try {
      report({ report: 'answer', request, answer: await handlers[name](ask, { request, handle }) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      report({ report: 'failure', request, message });
    }
  };

  owned.defer(() => {
    for (const door of doors.values()) door[Symbol.dispose]();
    for (const cancel of runs.values()) cancel.abort();
  });

  return {
    // Only the process that started us has the other end of the channel.
    receive: (message, handle) => void answer(message as RequestMessage, handle),
    get directory() {
      return directory;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function laid<T>(part: T | null): T {
  if (part === null) throw new Error('The lab is not that far yet.');
  return part;
}

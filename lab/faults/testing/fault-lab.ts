/** A lab for tests that do faults to its machines. Whatever is waited for is a state, and has a limit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient, type ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { startCluster, type Cluster } from '../../cluster.ts';
import type { HeldFault, MachineAction, MachineStatus } from '../../machines/machine.ts';
import type { LabMode, TopologyOptions } from '../../topology.ts';

export interface FaultLab extends AsyncDisposable {
  readonly cluster: Cluster;
  /** The administrator's, through the load balancer. */
  readonly client: ApiClient;
  /** Another of the administrator's, with a connection of its own. */
  connect(userAgent: string): ApiClient;
  act(machine: string, action: MachineAction): Promise<void>;
  /** Resolves with the machine's status as soon as it is so. */
  until(
    machine: string,
    isSo: (status: MachineStatus) => boolean,
    timeoutMs?: number,
  ): Promise<MachineStatus>;
  untilAllReady(timeoutMs?: number): Promise<void>;
  /** Undoes all faults; resolves when all machines are ready. */
  heal(): Promise<void>;
}

export interface FaultLabOptions {
  readonly topology?: TopologyOptions;
  /** Absent: isolated where that can be had. */
  readonly mode?: LabMode;
}

/** Starts it in a directory of its own; resolves when all machines are ready. */
export async function startFaultLab(options: FaultLabOptions = {}): Promise<FaultLab> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-faults-'));
  starting.defer(() => rm(directory, { recursive: true }));
  const cluster = starting.use(await startCluster({ directory, ...options }));
  const clients = starting.use(new AsyncDisposableStack());
  const connect = (userAgent: string) =>
    clients.use(createApiClient({ ...cluster.connection, userAgent }));

  const untilSo = async <T>(find: () => T | undefined, timeoutMs: number): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      const found = find();
      if (found !== undefined) resolve(found);
    };
    using listening = cluster.onChange(look);
    const late = setTimeout(() => {
      reject(new Error(`not so after ${timeoutMs} ms: ${JSON.stringify(cluster.machines())}`));
    }, timeoutMs);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      listening[Symbol.dispose]();
    }
  };
  const until: FaultLab['until'] = (machine, isSo, timeoutMs = 60_000) =>
    untilSo(
      () => cluster.machines().find((status) => status.name === machine && isSo(status)),
      timeoutMs,
    );
  const untilAllReady = async (timeoutMs = 120_000) => {
    const areReady = () => {
      const machines = cluster.machines();
      return machines.length > 0 && machines.every(({ state }) => state === 'ready');
    };
    await untilSo(() => areReady() || undefined, timeoutMs);
  };

  const client = connect('faults');
  await untilAllReady();
  const running = starting.move();
  return {
    cluster,
    client,
    connect,
    act: (machine, action) => cluster.act(machine, action),
    until,
    untilAllReady,
    heal: async () => {
      for (const { name, faults } of cluster.machines()) {
        for (const fault of faults) await cluster.act(name, remedies[fault]);
      }
      await untilAllReady();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const remedies: Readonly<Record<HeldFault, MachineAction>> = {
  killed: 'restart',
  paused: 'resume',
  cut: 'mend',
};

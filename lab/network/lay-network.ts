/** Isolated where that can be, on loopback elsewhere: and then it is said why. */
import { closeSync, openSync } from 'node:fs';
import type { Hop } from '../../proxies/kit/hop.ts';
import { lastWordsOf } from '../machines/last-words.ts';
import type { MachineStatus } from '../machines/machine.ts';
import type { LabMode, LabPlace, TopologyOptions } from '../topology.ts';
import { launchSupervisor, type SupervisorLink } from './launch.ts';

export interface LayOptions {
  readonly topology: TopologyOptions;
  /** Only this one; absent: the best to be had. */
  readonly mode: LabMode | undefined;
  /** The share of the loopback that it had before. */
  readonly share?: number;
  readonly logPath: string;
  /** Marks all processes of the lab, in their environment. */
  readonly mark: string;
  readonly onMachines: (machines: readonly MachineStatus[]) => void;
  readonly onHop: (hop: Hop) => void;
}

export interface LaidNetwork {
  readonly supervisor: SupervisorLink;
  readonly place: LabPlace;
  /** Why it is not isolated; `null` when it is. */
  readonly reason: string | null;
  /** Where the apiservers are to be found within, as `host:port`. */
  readonly apiserver: string;
}

/** @throws Error when isolation is asked for and not to be had. */
export async function layNetwork(options: LayOptions): Promise<LaidNetwork> {
  if (options.mode === 'loopback') return lay('loopback', 'Loopback was asked for.', options);
  try {
    if (process.platform !== 'linux') throw new Error('Network namespaces are to be had on Linux.');
    return await lay('isolated', null, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (options.mode === 'isolated') throw new Error(`The lab cannot be isolated: ${why}`);
    return lay('loopback', why, options);
  }
}

async function lay(
  mode: LabMode,
  reason: string | null,
  { topology, share, logPath, mark, onMachines, onHop }: LayOptions,
): Promise<LaidNetwork> {
  const log = openSync(logPath, 'w', 0o600);
  const supervisor = launchSupervisor({ mode, log, mark, onMachines, onHop });
  closeSync(log);
  try {
    const { place, apiserver } = await supervisor.request('lay-network', {
      mode,
      topology,
      ...(share === undefined ? {} : { share }),
    });
    return { supervisor, place, reason, apiserver };
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    // `unshare` says on its own what it may not do.
    const words = lastWordsOf(logPath);
    throw words === undefined ? error : new Error(words);
  }
}

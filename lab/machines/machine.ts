/** A machine of the running lab, as its status shows it and as faults are done to it. */
import type { MachineRole } from '../topology.ts';

/**
 * `starting`: not ready yet. `ready`: does its work. `unreachable`: runs, but does not answer (it may be
 * paused or cut off, or hang). `ended`: no process; killed by a fault, or it crashed.
 */
export type MachineState = 'starting' | 'ready' | 'unreachable' | 'ended';

export interface MachineStatus {
  readonly name: string;
  readonly role: MachineRole;
  /** `172.30.0.11`, … ; on loopback `127.0.0.1:41234`. */
  readonly addresses: readonly string[];
  readonly state: MachineState;
  /** ISO 8601: when it came into this state. */
  readonly since: string;
  /** What was done to it and holds still. */
  readonly faults: readonly HeldFault[];
  /** How often its process was started again. */
  readonly restarts: number;
  readonly pid: number | null;
  readonly residentBytes: number | null;
  /** Its own last words, or why it does not answer; absent when all is well. */
  readonly message?: string;
}

export type HeldFault = 'killed' | 'paused' | 'cut';

/** `kill` is SIGKILL and lasts until `restart`; `pause` lasts until `resume`; `cut` until `mend`. */
export const machineActions = ['kill', 'restart', 'pause', 'resume', 'cut', 'mend'] as const;
export type MachineAction = (typeof machineActions)[number];

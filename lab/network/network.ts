/** Where the machines of the lab are: in networks of their own, or all on the host's loopback. */
import type { LabPlace, MachinePlan } from '../topology.ts';

export interface Network {
  readonly place: LabPlace;
  readonly machines: readonly MachinePlan[];
  /** The command line that runs this one where the machine is. */
  inside(machine: string, argv: readonly string[]): readonly string[];
  /**
   * Cuts the machine's link or mends it.
   *
   * @throws Error where machines have no links.
   */
  setLink(machine: string, isUp: boolean): Promise<void>;
}

/** Every machine on the host's loopback. */
export function createLoopbackNetwork(place: LabPlace, machines: readonly MachinePlan[]): Network {
  return {
    place,
    machines,
    inside: (_machine, argv) => argv,
    setLink: () => Promise.reject(new Error('On loopback, machines have no links to cut.')),
  };
}

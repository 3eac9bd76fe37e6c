/** A machine without a process: a network to run commands in. */
import type { MachinePlan } from '../topology.ts';
import type { MachineProcess } from './machine-process.ts';

export interface BystanderOptions {
  readonly plan: MachinePlan;
  readonly setLink: (isUp: boolean) => Promise<void>;
  readonly onChange: () => void;
}

export function createBystander({ plan, setLink, onChange }: BystanderOptions): MachineProcess {
  let isCut = false;
  let since = new Date();
  return {
    get status() {
      return {
        name: plan.name,
        role: plan.role,
        addresses: plan.addresses,
        state: isCut ? ('unreachable' as const) : ('ready' as const),
        since: since.toISOString(),
        faults: isCut ? (['cut'] as const) : [],
        restarts: 0,
        pid: null,
        residentBytes: null,
      };
    },
    endpoint: null,
    act: async (action) => {
      if (action !== 'cut' && action !== 'mend') {
        throw new Error(`${plan.name} has no process: it can be cut off, and mended.`);
      }
      await setLink(action === 'mend');
      isCut = action === 'cut';
      since = new Date();
      onChange();
    },
    followHops: async () => undefined,
    tell: () => undefined,
    ask: async () => null,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** `/live/lab`: the machines of the lab, what becomes of them, and what a reader may do to them. */
import {
  machineActions,
  type MachineAction,
  type MachineStatus,
} from '../../../lab/machines/machine.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { LiveError } from './live-error.ts';

/** What of the lab is needed here. */
export interface LabMachines {
  /** `isolated`: network namespaces. `loopback`: this machine's loopback addresses. */
  readonly mode: 'isolated' | 'loopback';
  machines(): readonly MachineStatus[];
  onChange(listener: () => void): Disposable;
  /** @throws Error with the reason when it cannot be done. */
  act(name: string, action: MachineAction): Promise<void>;
}

/** A machine as the page sees it. */
export type ShownMachine = Omit<MachineStatus, 'pid'>;

/** The answer of `GET /live/lab`, and each event of `GET /live/lab/events`. */
export interface LabStatus {
  readonly mode: LabMachines['mode'];
  /** Whether this reader may kill, pause and cut. */
  readonly isOperable: boolean;
  readonly machines: readonly ShownMachine[];
}

export interface MachinesOptions {
  readonly lab: LabMachines;
  readonly isOperable: boolean;
}

export function sendMachines(options: MachinesOptions, { response }: Exchange): void {
  sendJson(response, 200, statusOf(options));
}

/** At most so often; changes in between are seen with the next event. */
const pauseMs = 100;

/** Server-sent events: the status now, and again whenever it has changed, until the client goes. */
export async function streamMachines(
  options: MachinesOptions,
  { response, signal }: Exchange,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  const send = () => {
    if (response.writable) response.write(`data: ${JSON.stringify(statusOf(options))}\n\n`);
  };
  // Who is cut off comes back soon.
  response.write('retry: 1000\n');
  send();
  let pause: NodeJS.Timeout | undefined;
  const following = options.lab.onChange(() => {
    pause ??= setTimeout(() => {
      pause = undefined;
      send();
    }, pauseMs);
  });
  await new Promise<void>((gone) => {
    if (signal.aborted) gone();
    signal.addEventListener('abort', () => gone(), { once: true });
  });
  following[Symbol.dispose]();
  clearTimeout(pause);
  response.end();
}

/** @throws LiveError `machines-fixed`, `unknown-machine`, `unknown-action`, `machine-refused` */
export async function actOnMachine(
  options: MachinesOptions,
  [name = '', action = '']: readonly string[],
  { response }: Exchange,
): Promise<void> {
  const { lab, isOperable } = options;
  if (!isOperable) throw new LiveError('machines-fixed');
  if (!lab.machines().some((machine) => machine.name === name)) {
    throw new LiveError('unknown-machine', { name });
  }
  const known = machineActions.find((one) => one === action);
  if (!known) throw new LiveError('unknown-action', { action, actions: [...machineActions] });
  try {
    await lab.act(name, known);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new LiveError('machine-refused', { name, message }, {}, error);
  }
  sendJson(response, 200, statusOf(options));
}

/** A process id is nobody's business. */
function shown(machine: MachineStatus): ShownMachine {
  const { name, role, addresses, state, since, faults, restarts, residentBytes, message } = machine;
  return {
    name,
    role,
    addresses,
    state,
    since,
    faults,
    restarts,
    residentBytes,
    ...(message && { message }),
  };
}

function statusOf({ lab, isOperable }: MachinesOptions): LabStatus {
  return {
    mode: lab.mode,
    isOperable,
    machines: lab.machines().map(shown),
  };
}

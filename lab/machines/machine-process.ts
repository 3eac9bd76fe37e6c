/** One machine: its process, what is done to it, and how it does. */
import type { Hop } from '../../proxies/kit/hop.ts';
import type { MachinePlan } from '../topology.ts';
import { createBell } from './bell.ts';
import { lastWordsOf } from './last-words.ts';
import type { HeldFault, MachineAction, MachineState, MachineStatus } from './machine.ts';
import type { Probe } from './probe.ts';
import { hostPidOf, residentBytesOf } from './process-facts.ts';
import { createProgramTalk, type ProgramTalk } from './program-talk.ts';
import { runProgramOf, type RunningProgram } from './running-program.ts';

export interface MachineOptions {
  readonly plan: MachinePlan;
  /** What to run, and where. */
  readonly argv: readonly string[];
  /** Where it will serve; `null` when it says so itself. */
  readonly endpoint: string | null;
  readonly probe: Probe;
  readonly logPath: string;
  readonly setLink: (isUp: boolean) => Promise<void>;
  readonly onChange: () => void;
  /** Called with what the program does with requests, while hops are followed. */
  readonly onHop?: (hop: Hop) => void;
}

export interface MachineProcess extends AsyncDisposable, Pick<ProgramTalk, 'tell' | 'ask'> {
  readonly status: MachineStatus;
  /** Where it serves, as `host:port`; `null` until that is known. */
  readonly endpoint: string | null;
  /** @throws Error with the reason when it cannot be done. */
  act(action: MachineAction): Promise<void>;
  /**
   * Asks the program to tell its hops, or not to; also whoever takes its place. Resolves when it does, or
   * when it is not to be waited for.
   */
  followHops(isFollowed: boolean): Promise<void>;
}

const probeMs = { ready: 1_000, other: 100, timeout: 1_500 } as const;
const restartMs = { least: 250, most: 10_000, forgotten: 10_000 } as const;

/** Starts the machine's program, and again whenever it ends by itself. */
export function startMachine(options: MachineOptions): MachineProcess {
  const { plan, argv, probe, logPath, setLink, onChange, onHop } = options;
  const faults = new Set<HeldFault>();
  const bell = createBell();
  let isEnding = false;
  let program: RunningProgram | null = null;
  let restarting: NodeJS.Timeout | undefined;
  let crashes = 0;
  let restarts = 0;
  let state: MachineState = 'starting';
  let since = new Date();
  let message: string | undefined;
  let pid: number | null = null;
  let residentBytes: number | null = null;
  let endpoint = options.endpoint;

  const become = (next: MachineState, why?: string) => {
    if (state === next && message === why) return;
    if (state !== next) since = new Date();
    state = next;
    message = why;
    onChange();
  };

  const start = () => {
    const started = runProgramOf(argv, logPath);
    program = started;
    become('starting');
    talk.begin(started);
    void started.exited.then((how) => ended(started, how));
    void measure(started);
  };

  const talk = createProgramTalk({
    onReady: ({ address }, ready) => {
      endpoint = options.endpoint ?? address ?? null;
      void watch(ready);
    },
    onHop,
  });

  const startAgain = () => {
    restarts += 1;
    start();
  };

  const ended = ({ startedAt }: RunningProgram, how: string) => {
    program = null;
    pid = null;
    residentBytes = null;
    faults.delete('paused');
    bell.ring();
    if (isEnding || faults.has('killed')) {
      become('ended');
      return;
    }
    // One that was killed has had no time for last words; one that aborts itself says why.
    const isKilled = how.startsWith('SIG') && how !== 'SIGABRT';
    become('ended', isKilled ? how : (lastWordsOf(logPath) ?? how));
    if (Date.now() - startedAt > restartMs.forgotten) crashes = 0;
    restarting = setTimeout(startAgain, Math.min(restartMs.least * 2 ** crashes, restartMs.most));
    crashes += 1;
  };

  /** From when it says that it serves, until it ends. */
  const watch = async (watched: RunningProgram) => {
    let hasBeenReady = false;
    while (program === watched) {
      const problem = await problemOf();
      if (program !== watched) return;
      hasBeenReady ||= problem === undefined;
      if (problem === undefined) become('ready');
      else become(hasBeenReady ? 'unreachable' : 'starting', problem);
      await measure(watched);
      await bell.wait(state === 'ready' ? probeMs.ready : probeMs.other);
    }
  };

  const measure = async (measured: RunningProgram) => {
    const found = pid ?? (await hostPidOf(measured.child.pid));
    const bytes = found === null ? null : await residentBytesOf(found);
    if (program !== measured) return;
    const isFound = pid === null && found !== null;
    pid = found;
    residentBytes = bytes;
    if (isFound) onChange();
  };

  const problemOf = async (): Promise<string | undefined> => {
    // Of one that serves nothing we know only what was done to it.
    if (endpoint === null) return faults.has('paused') ? 'paused' : undefined;
    try {
      await probe(endpoint, AbortSignal.timeout(probeMs.timeout));
      return undefined;
    } catch (error) {
      const { name, message: words } = error as Error;
      const isLate = name === 'AbortError' || name === 'TimeoutError';
      return isLate ? `no answer within ${probeMs.timeout} ms` : words;
    }
  };

  const demandProgram = (): RunningProgram => {
    if (program === null) throw new Error(`${plan.name} does not run.`);
    return program;
  };

  const end = async () => {
    clearTimeout(restarting);
    await program?.end(faults.has('paused'));
  };

  const actions: Record<MachineAction, () => Promise<void>> = {
    kill: async () => {
      clearTimeout(restarting);
      faults.add('killed');
      await program?.end(true);
    },
    restart: async () => {
      // So that it does not start by itself.
      faults.add('killed');
      await end();
      faults.delete('killed');
      crashes = 0;
      startAgain();
    },
    pause: async () => {
      demandProgram().child.kill('SIGSTOP');
      faults.add('paused');
    },
    resume: async () => {
      demandProgram().child.kill('SIGCONT');
      faults.delete('paused');
    },
    cut: async () => {
      await setLink(false);
      faults.add('cut');
    },
    mend: async () => {
      await setLink(true);
      faults.delete('cut');
    },
  };

  /** One action after the other: two restarts at once would start two programs. */
  let acting = Promise.resolve();
  const perform = async (action: MachineAction) => {
    if (isEnding) throw new Error(`The lab ends, and ${plan.name} with it.`);
    await actions[action]();
    bell.ring();
    onChange();
  };

  start();
  return {
    get status() {
      const isTold = plan.addresses.length === 0 && endpoint !== null;
      return {
        name: plan.name,
        role: plan.role,
        addresses: isTold ? [endpoint ?? ''] : plan.addresses,
        state,
        since: since.toISOString(),
        faults: [...faults],
        restarts,
        pid,
        residentBytes,
        ...(message === undefined ? {} : { message }),
      };
    },
    get endpoint() {
      return endpoint;
    },
    act: (action) => {
      const acted = acting.then(() => perform(action));
      acting = acted.catch(() => undefined);
      return acted;
    },
    followHops: (isFollowed) => talk.followHops(isFollowed, state === 'ready'),
    tell: talk.tell,
    ask: talk.ask,
    [Symbol.asyncDispose]: async () => {
      isEnding = true;
      await acting;
      await end();
    },
  };
}

/** The host's side of the supervisor: starts it, where it may be started, and speaks with it. */
import { spawn, type ChildProcess, type SendHandle } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Hop } from '../../proxies/kit/hop.ts';
import type { MachineStatus } from '../machines/machine.ts';
import { frugalEnvironment, frugalFlags } from '../machines/frugal.ts';
import type { LabMode } from '../topology.ts';
import type { Report, RequestName, Requests } from './messages.ts';

export interface SupervisorLink extends AsyncDisposable {
  /** @throws Error with the supervisor's reason, or when it has ended. */
  request<Name extends RequestName>(
    name: Name,
    ask: Requests[Name]['ask'],
    options?: RequestOptions,
  ): Promise<Requests[Name]['answer']>;
  readonly pid: number | undefined;
  /** Resolves when the supervisor has ended, in order or not. */
  readonly ended: Promise<void>;
}

export interface RequestOptions {
  readonly socket?: SendHandle;
  readonly signal?: AbortSignal | undefined;
  /** What a command writes, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

export interface LaunchOptions {
  readonly mode: LabMode;
  /** The supervisor's output. */
  readonly log: number;
  /** Marks all processes of the lab, in their environment. */
  readonly mark: string;
  readonly onMachines: (machines: readonly MachineStatus[]) => void;
  readonly onHop: (hop: Hop) => void;
}

const endWithinMs = 5_000;

/**
 * In isolation it is the first process of namespaces of its own: the kernel ends all others with it, the
 * paused ones too. The wrapper ends with it, and it with the wrapper.
 */
const isolation = [
  'unshare',
  '--user',
  '--map-root-user',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
];

/** Saves each process the time of compiling, and the memory of the compiler of types. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

export function launchSupervisor(options: LaunchOptions): SupervisorLink {
  const { mode, log, mark, onMachines, onHop } = options;
  const node = [
    process.execPath,
    ...frugalFlags,
    fileURLToPath(new URL('supervisor-main.ts', import.meta.url)),
  ];
  const [file = '', ...args] = mode === 'isolated' ? [...isolation, ...node] : node;
  const child = spawn(file, args, {
    stdio: ['ignore', log, log, 'ipc'],
    env: { NODE_COMPILE_CACHE: compileCache, ...frugalEnvironment, ...process.env, HOP_LAB: mark },
    // Ctrl-C is for us: we end the lab in order.
    detached: true,
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const following = new Map<number, (text: string) => void>();
  let requests = 0;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      // Without isolation nobody else ends what it has left behind.
      if (code !== 0) killGroup(child);
      resolve();
    });
    child.once('error', () => resolve());
  });
  let problem = 'The lab has ended.';
  child.on('error', (error) => (problem = error.message));
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(problem));
    waiting.clear();
  });
  child.on('message', (message) => {
    // Only the supervisor has the other end of the channel.
    const report = message as Report;
    if (report.report === 'machines') {
      onMachines(report.machines);
      return;
    }
    if (report.report === 'hop') {
      onHop(report.hop);
      return;
    }
    if (report.report === 'output') {
      following.get(report.request)?.(report.text);
      return;
    }
    const asked = waiting.get(report.request);
    waiting.delete(report.request);
    if (report.report === 'answer') asked?.resolve(report.answer);
    else asked?.reject(new Error(report.message));
  });

  const send = (request: number, name: RequestName, ask: unknown, socket?: SendHandle) => {
    child.send({ request, name, ask }, socket, (error) => {
      if (error) waiting.get(request)?.reject(error);
    });
  };

  const link: SupervisorLink = {
    pid: child.pid,
    ended,
    request: async (name, ask, { socket, signal, onOutput } = {}) => {
      signal?.throwIfAborted();
      if (!child.connected) throw new Error(problem);
      const request = ++requests;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(request, asked);
      if (onOutput) following.set(request, onOutput);
      const cancel = () => send(0, 'cancel', { request });
      signal?.addEventListener('abort', cancel, { once: true });
      send(request, name, ask, socket);
      try {
        // The supervisor answers each request with what `Requests` says.
        return (await asked.promise) as Requests[typeof name]['answer'];
      } finally {
        signal?.removeEventListener('abort', cancel);
        following.delete(request);
      }
    },
    [Symbol.asyncDispose]: async () => {
      const late = setTimeout(() => killGroup(child), endWithinMs);
      await link.request('end', null).catch(() => undefined);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(late);
    },
  };
  return link;
}

/** The group is the supervisor's own; in isolation its namespaces end with it. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

/** A container whose `command` is one of the shell's: it runs instead of the image's own program. */
import { PassThrough } from 'node:stream';
import type { Workload, WorkloadContext } from '../../workloads/workload.ts';
import { isExecutable } from './commands.ts';
import { filesOf } from './container-files.ts';
import { isShell, runWords, type Interpreter } from './interpreter.ts';
import { ShellExit, type Sink } from './program.ts';
import type { RunRequest } from './run-in-container.ts';
import { worldOf } from './world-of.ts';

/** What SIGTERM and SIGKILL leave behind. */
const [terminated, killed] = [143, 137];

/** @throws Error in the runtime's words for a command that is not there */
export async function startCommand(
  { worker, container, command, ...node }: Omit<RunRequest, 'streams'>,
  context: WorkloadContext,
): Promise<Workload> {
  const [name = ''] = command;
  if (!isShell(name) && !isExecutable(name)) {
    throw new Error(`exec: "${name}": executable file not found in $PATH: unknown`);
  }
  const stopping = new AbortController();
  const directory = container.spec.workingDir ?? '/';
  const shell: Interpreter = {
    state: {
      variables: new Map(Object.entries({ ...context.env, PWD: directory })),
      parameters: ['sh'],
      directory,
      lastStatus: 0,
    },
    files: await filesOf(node, worker, container),
    world: worldOf(node, worker, container),
    signal: stopping.signal,
    isTerminal: false,
  };
  const stdin = new PassThrough();
  stdin.end();
  const [stdout, stderr] = [lineSink(context), lineSink(context)];
  let signalled = killed;
  const exited = runWords(command, { stdin, stdout, stderr }, shell)
    .catch((error: unknown) => {
      if (error instanceof ShellExit) return error.status;
      if (stopping.signal.aborted) return signalled;
      context.log(error instanceof Error ? error.message : String(error));
      return 1;
    })
    .finally(() => {
      stdout.end();
      stderr.end();
    });
  return {
    exited,
    terminate: () => {
      signalled = terminated;
      stopping.abort();
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await exited;
    },
  };
}

/** Writes whole lines to the container's log. */
function lineSink({ log }: Pick<WorkloadContext, 'log'>): Sink & { end(): void } {
  let waiting = '';
  return {
    write: async (chunk) => {
      const lines = (waiting + chunk.toString()).split('\n');
      waiting = lines.pop() ?? '';
      for (const line of lines) log(line);
    },
    end: () => {
      if (waiting !== '') log(waiting);
    },
  };
}

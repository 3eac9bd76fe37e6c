/** Runs a command for somebody outside, as a container runtime would. */
import type { ExecutionContext } from '../executions.ts';
import type { Container } from '../pods/container.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import type { ProcessStreams } from '../streams/process-streams.ts';
import { isExecutable } from './commands.ts';
import { filesOf } from './container-files.ts';
import { interrupted, isShell, runWords, type Interpreter } from './interpreter.ts';
import { ShellExit, sinkOf, type ShellState } from './program.ts';
import { terminalSink } from './terminal-sink.ts';
import { worldOf } from './world-of.ts';

export interface RunRequest extends ExecutionContext {
  readonly worker: PodWorker;
  readonly container: Container;
  readonly command: readonly string[];
  readonly streams: ProcessStreams;
}

/** Nobody keeps a shell in the lab for longer. */
const longestMs = 60 * 60 * 1000;
const notFound = 127;

/** Resolves with the exit code. */
export async function runInContainer(request: RunRequest): Promise<number> {
  const { worker, container, command, streams, ...node } = request;
  const [name = ''] = command;
  const { stdin, isTerminal } = streams;
  const sink = (stream: ProcessStreams['stdout']) =>
    isTerminal ? terminalSink(sinkOf(stream)) : sinkOf(stream);
  const io = { stdin, stdout: sink(streams.stdout), stderr: sink(streams.stderr) };
  if (!isShell(name) && !isExecutable(name)) {
    const where = name.includes('/')
      ? `stat ${name}: no such file or directory`
      : 'executable file not found in $PATH';
    const runtime = 'OCI runtime exec failed: exec failed: unable to start container process';
    await io.stderr.write(`${runtime}: exec: "${name}": ${where}: unknown\n`);
    return notFound;
  }
  const ending = endWith(streams.signal, container);
  const files = await filesOf(node, worker, container);
  const variables = new Map(Object.entries(container.environment ?? {}));
  if (isTerminal) variables.set('TERM', 'xterm');
  const directory = container.spec.workingDir ?? '/';
  variables.set('PWD', directory);
  const state: ShellState = { variables, parameters: ['sh'], directory, lastStatus: 0 };
  const shell: Interpreter = {
    state,
    files,
    world: worldOf(node, worker, container),
    signal: ending.signal,
    isTerminal,
  };
  try {
    const isInteractive =
      isTerminal && isShell(name) && command.every((word) => /^-[il]$|sh$/.test(word));
    if (!isInteractive) return await runWords(command, io, shell);
    const { runInteractive } = await import('./interactive.ts');
    return await runInteractive(io, shell, streams);
  } catch (error) {
    if (error instanceof ShellExit) return error.status;
    if (ending.signal.aborted) return interrupted;
    throw error;
  } finally {
    ending[Symbol.dispose]();
  }
}

/** Ends with the client, with the container's run, and when the time is up. */
function endWith(
  gone: AbortSignal,
  container: Container,
): Disposable & { readonly signal: AbortSignal } {
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, longestMs);
  if (gone.aborted) end();
  gone.addEventListener('abort', end, { once: true });
  const following = container.log?.follow(() => undefined, end);
  return {
    signal: ending.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', end);
      following?.[Symbol.dispose]();
    },
  };
}

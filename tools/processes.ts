/** Runs the project's programs, each as a process of its own that ends when it is told to. */
import { spawn, type ChildProcess } from 'node:child_process';
import { project } from './project.ts';

/** No step of ours takes longer; a program that does will not end by itself. */
const timeoutMs = 15 * 60_000;

export interface Finished {
  readonly status: number;
  readonly output: string;
  readonly tookMs: number;
}

/** Keeps what the program says, for whoever asks. */
export async function runQuietly(args: readonly string[], signal?: AbortSignal): Promise<Finished> {
  const startedAt = performance.now();
  const child = run(args, 'pipe');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const status = await ended(child, signal);
  return { status, output, tookMs: performance.now() - startedAt };
}

/** Shows what the program says as it says it; resolves with its exit status. */
export function runVisibly(args: readonly string[], signal?: AbortSignal): Promise<number> {
  return ended(run(args, 'inherit'), signal);
}

function run(args: readonly string[], output: 'pipe' | 'inherit'): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: project(),
    stdio: ['ignore', output, output],
    timeout: timeoutMs,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  });
}

async function ended(child: ChildProcess, signal: AbortSignal | undefined): Promise<number> {
  const stop = () => child.kill('SIGTERM');
  // However this process ends, the child does not stay behind.
  process.once('exit', stop);
  signal?.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    const done = (status: number | null) => {
      process.removeListener('exit', stop);
      signal?.removeEventListener('abort', stop);
      resolve(status ?? 1);
    };
    child.once('error', () => done(1));
    child.once('close', done);
  });
}

/** Runs the programs that test, each as a process of its own, never longer than it may. */
import { spawn } from 'node:child_process';
import { project } from './project.ts';

const timeoutMs = 15 * 60_000;

export interface Finished {
  readonly status: number;
  readonly output: string;
  readonly tookMs: number;
}

/** Keeps what it says, for whoever asks. */
export async function runQuietly(args: readonly string[]): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: project(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const status = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  return { status, output, tookMs: performance.now() - startedAt };
}

/** Shows what it says as it says it; resolves with the exit status. */
export async function runVisibly(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: project(),
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: timeoutMs,
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

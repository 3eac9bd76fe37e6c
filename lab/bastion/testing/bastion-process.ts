/** `hop apiserver-proxy` as a process of its own, as an operator runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const hop = fileURLToPath(new URL('../../../tools/hop.ts', import.meta.url));

export interface BastionProcess extends AsyncDisposable {
  readonly port: number;
  /** Undefined without `--insecure-port`. */
  readonly insecurePort: number | undefined;
  readonly stderr: () => string;
  /** Resolves when a line on stderr matches. */
  said(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Exit status and signal. */
  readonly ended: Promise<readonly [number | null, string | null]>;
}

/** What a command that cannot start leaves. */
export interface FailedStart {
  readonly status: number | null;
  readonly stderr: string;
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string) {
  const child = spawn(process.execPath, [hop, 'apiserver-proxy', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', LANG: 'C', ...env },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, stderr: () => stderr };
}

/** Resolves when it serves. @throws Error with what it said instead */
export async function startBastionProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<BastionProcess> {
  const { child, stderr } = launch(args, env);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const ready = once(child, 'message') as Promise<[{ address: string; insecureAddress?: string }]>;
  const [said] = await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`it ended: ${stderr()}`);
    }),
  ]);
  const portOf = (address: string) => Number(/\d+$/.exec(address)?.[0]);
  return {
    port: portOf(said.address),
    insecurePort: said.insecureAddress === undefined ? undefined : portOf(said.insecureAddress),
    stderr,
    said: async (pattern) => {
      while (!pattern.test(stderr())) if (child.stderr) await once(child.stderr, 'data');
    },
    kill: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs one that is expected not to start. */
export async function failToStart(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<FailedStart> {
  const { child, stderr } = launch(args, env, cwd);
  const served = once(child, 'message').then(() => {
    child.kill('SIGKILL');
    throw new Error('it serves');
  });
  served.catch(() => undefined);
  const [status] = await Promise.race([once(child, 'close') as Promise<[number | null]>, served]);
  return { status, stderr: stderr() };
}

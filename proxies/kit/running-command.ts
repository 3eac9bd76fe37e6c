/** Starts one of our commands as a process of its own, as a reader would, and listens to its hops. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hopSchema, type Hop } from './hop.ts';

const hop = fileURLToPath(new URL('../../tools/hop.js', import.meta.url));

export interface CommandOptions {
  /** `kubectl-proxy` */
  readonly command: string;
  /** The line that says where it serves: the address is the first group. */
  readonly serving: RegExp;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The working directory: what a relative path in `args` starts from. */
  readonly cwd?: string;
  /** A program and its arguments in front of ours: `unshare --net …`. */
  readonly inside?: readonly string[];
  readonly uid?: number | undefined;
  readonly onHop?: (hop: Hop) => void;
}

/** A command that serves, or one that ended before it could. */
export type RunningCommand = AsyncDisposable & {
  readonly pid: number;
  readonly stderr: () => string;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
} & (
    | { readonly isServing: true; readonly host: string; readonly port: number }
    | { readonly isServing: false; readonly exitCode: number | null }
  );

/** Resolves when the command prints where it serves, or has exited. */
export async function runCommand(options: CommandOptions): Promise<RunningCommand> {
  const [program, ...args] = [
    ...(options.inside ?? []),
    process.execPath,
    hop,
    options.command,
    ...options.args,
  ] as [string, ...string[]];
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', LANG: 'C', HOME: '/nonexistent', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    signal: options.signal,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  });
  child.on('error', () => undefined); // An abort or a failed start also ends in `exit` or `close`.
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const serving = servingAddress(child, options.serving);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  if (options.onHop) forwardHops(child, options.onHop);

  const common = {
    pid: child.pid ?? -1,
    stderr: () => stderr,
    ended,
    [Symbol.asyncDispose]: () => stop(child),
  };
  const address = await serving;
  if (address === null) return { ...common, isServing: false, exitCode: child.exitCode };
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return {
    ...common,
    isServing: true,
    host: host === '::' ? '127.0.0.1' : host,
    port: Number(address.slice(colon + 1)),
  };
}

function forwardHops(child: ChildProcess, onHop: (hop: Hop) => void): void {
  child.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('hop' in message)) return;
    onHop(hopSchema.parse(message.hop));
  });
  child.send({ hops: true });
}

/** Null when it ended before it said so; it may say so on either of its outputs. */
async function servingAddress(child: ChildProcess, serving: RegExp): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      const address = serving.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  }
  child.once('close', () => resolve(null));
  child.once('error', () => resolve(null));
  return promise;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 3000);
  await closed;
  clearTimeout(patience);
}

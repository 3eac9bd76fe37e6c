/** The command under replay, as a process: its output, its address, its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';

/**
 * What is started: `hop kubectl-proxy` from its source, or the program that the environment variable
 * HOP_REPLAY_COMMAND names (`kubectl`), to compare the replay itself with the real command.
 */
const program = process.env.HOP_REPLAY_COMMAND;
/** Whether somebody else's program is under replay. */
export const isRealCommand = program !== undefined;

const root = join(import.meta.dirname, '../../..');
const hop = join(root, 'tools/hop.ts');
/** A hundred starts are faster with it, and no different. */
const cache = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/hop-replay') };

export interface StartOptions {
  /** As recorded: they begin with `proxy`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

export class CommandProcess {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor({ args, env, directory }: StartOptions) {
    const [file, ...rest] = program
      ? [program, ...args]
      : [process.execPath, hop, 'kubectl-proxy', ...args.slice(1)];
    this.#child = spawn(file, rest, {
      cwd: directory,
      env: {
        PATH: '/usr/bin:/bin',
        HOME: join(directory, 'home'),
        ...(program ? {} : cache),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#closed = once(this.#child, 'close');
  }

  /** The exit status; minus the signal's number where one ended it; null while it runs. */
  get exit(): number | null {
    const { exitCode, signalCode } = this.#child;
    return signalCode ? -constants.signals[signalCode] : exitCode;
  }

  /** What follows `Starting to serve on`; null before that line. */
  get address(): string | null {
    return /^Starting to serve on (.+)\n/m.exec(this.stdout)?.[1] ?? null;
  }

  /** The port it listens on; empty for a socket path. */
  get port(): string {
    return /:(\d+)$/.exec(this.address ?? '')?.[1] ?? '';
  }

  /** Resolves when it serves or has ended. */
  async started(): Promise<void> {
    while (this.exit === null && this.address === null)
      await Promise.race([once(this.#child.stdout ?? this.#child, 'data'), this.#closed]);
    // All of its output, too.
    if (this.exit !== null) await this.#closed;
  }

  async ended(): Promise<void> {
    await this.#closed;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  connect(): Socket {
    const { address, port } = this;
    if (address === null) throw new Error('the command does not serve');
    const host = address.startsWith('[::1]') ? '::1' : /^(127[\d.]+):/.exec(address)?.[1];
    const allowHalfOpen = true;
    return port === ''
      ? connect({ path: address, allowHalfOpen })
      : connect({ host: host ?? '127.0.0.1', port: Number(port), allowHalfOpen });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.#closed;
  }
}

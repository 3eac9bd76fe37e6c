/** What a command of the shell is: a function of its arguments, its streams and its surroundings. */
import type { Readable, Writable } from 'node:stream';
import type { FileSystem } from './file-system.ts';
import type { World } from './world.ts';

export interface Sink {
  /** Resolves when there is room for more. */
  write(chunk: string | Buffer): Promise<void>;
}

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** What one shell knows and changes. A subshell has a copy. */
export interface ShellState {
  /** All variables; which of them are exported makes no difference here. */
  readonly variables: Map<string, string>;
  /** `$0`, `$1`, … */
  readonly parameters: readonly string[];
  directory: string;
  lastStatus: number;
}

export interface CommandContext extends Io {
  /** Without the command's own name. */
  readonly args: readonly string[];
  readonly state: ShellState;
  readonly files: FileSystem;
  readonly world: World;
  /** Ctrl-C, the client's leave, or the end of the time that a command has. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
  /** Runs another command, as `env` and `xargs` do. */
  readonly run: (words: readonly string[], io?: Partial<Io>) => Promise<number>;
}

/** Resolves with the exit status. A `CommandProblem` is written on stderr behind the command's name. */
export type Command = (context: CommandContext) => Promise<number>;

/** A command cannot go on: what it says on stderr, and its exit status. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** `exit`: ends the shell it is given in. */
export class ShellExit extends Error {
  override readonly name = 'ShellExit';
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

export function sinkOf(stream: Writable): Sink {
  return {
    write: async (chunk) => {
      if (stream.destroyed || stream.writableEnded) return;
      if (stream.write(chunk)) return;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const done = () => resolve(undefined);
      stream.once('drain', done);
      stream.once('close', done);
      await promise;
      stream.off('drain', done);
      stream.off('close', done);
    },
  };
}

/** All of a command's input, up to a limit that no honest use of this shell reaches. */
export async function readAll(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longestInput) throw new CommandProblem('input is too large');
  }
  return Buffer.concat(chunks);
}

const longestInput = 32 * 1024 * 1024;

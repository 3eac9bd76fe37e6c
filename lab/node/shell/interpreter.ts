/** Does what a line of the shell says. */
import { PassThrough, Readable } from 'node:stream';
import { findCommand } from './commands.ts';
import { expandText, expandWord, type ExpandContext } from './expand.ts';
import { absolute, FileError, type FileSystem } from './file-system.ts';
import { parse } from './parse.ts';
import {
  CommandProblem,
  readAll,
  ShellExit,
  sinkOf,
  type CommandContext,
  type Io,
  type ShellState,
  type Sink,
} from './program.ts';
import {
  SyntaxProblem,
  type Chain,
  type Command,
  type List,
  type Pipeline,
  type Redirection,
} from './syntax.ts';
import type { World } from './world.ts';

export interface Interpreter {
  readonly state: ShellState;
  readonly files: FileSystem;
  readonly world: World;
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
}

/** 128 and the signal's number, as shells say that SIGINT ended something. */
export const interrupted = 130;
const longestSubstitution = 1024 * 1024;

/**
 * Runs a script; resolves with its exit status.
 *
 * @throws ShellExit when the script says `exit`
 */
export async function runScript(script: string, io: Io, shell: Interpreter): Promise<number> {
  let list: List;
  try {
    list = parse(script);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    await io.stderr.write(`sh: ${error.message}\n`);
    shell.state.lastStatus = 2;
    return 2;
  }
  return runList(list, io, shell);
}

/** Runs a command that is given as words already, as `exec` of a container does. */
export async function runWords(
  words: readonly string[],
  io: Io,
  shell: Interpreter,
): Promise<number> {
  const [name = '', ...args] = words;
  if (isShell(name)) return runShell(args, io, shell);
  const command = findCommand(name);
  if (!command) {
    const file = name.includes('/') && shell.files.find(absolute(name, shell.state.directory));
    await io.stderr.write(`sh: ${name}: ${file ? 'Permission denied' : 'not found'}\n`);
    return file ? 126 : 127;
  }
  const context: CommandContext = {
    ...io,
    args,
    state: shell.state,
    files: shell.files,
    world: shell.world,
    signal: shell.signal,
    isTerminal: shell.isTerminal,
    run: (inner, own) => runWords(inner, { ...io, ...own }, shell),
  };
  try {
    return await command(context);
  } catch (error) {
    if (error instanceof ShellExit || shell.signal.aborted) throw error;
    const status = error instanceof CommandProblem ? error.status : 1;
    const message = error instanceof Error ? error.message : String(error);
    await io.stderr.write(`${name}: ${message}\n`);
    return status;
  }
}

export function isShell(name: string): boolean {
  return /^(?:\/bin\/|\/usr\/bin\/)?(?:sh|ash)$/.test(name);
}

/** `sh -c <script> [name [parameter …]]`, `sh <file>`, or `sh` with the script as input. */
async function runShell(args: readonly string[], io: Io, shell: Interpreter): Promise<number> {
  const options = args.filter((arg, index) => index === 0 && /^-[a-z]+$/.test(arg)).join('');
  const [first, ...rest] = options === '' ? args : args.slice(1);
  const run = async (script: string, parameters: readonly string[]) =>
    inSubshell({ ...shell, state: { ...shell.state, parameters } }, (inner) =>
      runScript(script, io, inner),
    );
  if (options.includes('c')) {
    if (first === undefined) return complain('-c requires an argument', io, 2);
    return run(first, rest.length > 0 ? rest : ['sh']);
  }
  if (first === undefined) return run((await readAll(io.stdin)).toString(), ['sh']);
  const path = absolute(first, shell.state.directory);
  if (!shell.files.find(path))
    return complain(`can't open '${first}': No such file or directory`, io, 2);
  return run(shell.files.read(path).toString(), [first, ...rest]);
}

async function runList(list: List, io: Io, shell: Interpreter): Promise<number> {
  for (const chain of list) {
    shell.signal.throwIfAborted();
    shell.state.lastStatus = await runChain(chain, io, shell);
  }
  return shell.state.lastStatus;
}

async function runChain({ first, rest }: Chain, io: Io, shell: Interpreter): Promise<number> {
  let status = await runPipeline(first, io, shell);
  for (const [operator, pipeline] of rest) {
    if ((status === 0) !== (operator === '&&')) continue;
    shell.state.lastStatus = status;
    status = await runPipeline(pipeline, io, shell);
  }
  return status;
}

async function runPipeline(
  { commands, isNegated }: Pipeline,
  io: Io,
  shell: Interpreter,
): Promise<number> {
  const [only] = commands;
  const status =
    commands.length === 1 && only
      ? await runCommand(only, io, shell)
      : await runPiped(commands, io, shell);
  return isNegated ? Number(status === 0) : status;
}

/** All at once, each in a shell of its own; the last one's status is the pipeline's. */
async function runPiped(commands: readonly Command[], io: Io, shell: Interpreter): Promise<number> {
  let stdin = io.stdin;
  const running = commands.map((command, index) => {
    const isLast = index === commands.length - 1;
    const pipe = isLast ? undefined : new PassThrough();
    const own: Io = { ...io, stdin, stdout: pipe ? sinkOf(pipe) : io.stdout };
    const source = stdin;
    if (pipe) stdin = pipe;
    return inSubshell(shell, (inner) => runCommand(command, own, inner)).finally(() => {
      pipe?.end();
      // Whoever still writes to a reader that has gone is not held up.
      if (source !== io.stdin) source.resume();
    });
  });
  const statuses = await Promise.all(running);
  return statuses.at(-1) ?? 0;
}

async function inSubshell(
  shell: Interpreter,
  run: (inner: Interpreter) => Promise<number>,
): Promise<number> {
  const { state } = shell;
  const inner = { ...shell, state: { ...state, variables: new Map(state.variables) } };
  try {
    return await run(inner);
  } catch (error) {
    if (error instanceof ShellExit) return error.status;
    throw error;
  }
}

async function runCommand(command: Command, io: Io, shell: Interpreter): Promise<number> {
  switch (command.kind) {
    case 'simple':
      return runSimple(command, io, shell);
    case 'group': {
      const own = await redirect(command.redirections, io, shell);
      if (typeof own === 'string') return complain(own, io);
      return command.isSubshell
        ? inSubshell(shell, (inner) => runList(command.list, own, inner))
        : runList(command.list, own, shell);
    }
    case 'if': {
      for (const { condition, body } of command.branches) {
        if ((await runList(condition, io, shell)) === 0) return runList(body, io, shell);
      }
      return command.otherwise ? runList(command.otherwise, io, shell) : 0;
    }
    case 'loop': {
      let status = 0;
      while (((await runList(command.condition, io, shell)) === 0) !== command.isUntil) {
        status = await runList(command.body, io, shell);
        await breathe();
      }
      return status;
    }
    case 'for': {
      let status = 0;
      const context = expansion(io, shell);
      for (const word of command.words) {
        for (const value of await expandWord(word, context)) {
          shell.state.variables.set(command.name, value);
          status = await runList(command.body, io, shell);
          await breathe();
        }
      }
      return status;
    }
  }
}

/** A loop leaves the node's other work its turn. */
async function breathe(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function runSimple(
  command: Extract<Command, { kind: 'simple' }>,
  io: Io,
  shell: Interpreter,
): Promise<number> {
  const context = expansion(io, shell);
  const words: string[] = [];
  for (const word of command.words) words.push(...(await expandWord(word, context)));
  const own = await redirect(command.redirections, io, shell);
  if (typeof own === 'string') return complain(own, io);
  const { variables } = shell.state;
  if (words.length === 0) {
    for (const [name, word] of command.assignments) {
      variables.set(name, await expandText(word, context));
    }
    return 0;
  }
  // `A=1 command`: for that command alone.
  const before = new Map<string, string | undefined>();
  for (const [name, word] of command.assignments) {
    before.set(name, variables.get(name));
    variables.set(name, await expandText(word, context));
  }
  try {
    return await runWords(words, own, shell);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
    }
  }
}

async function complain(problem: string, { stderr }: Io, status = 1): Promise<number> {
  await stderr.write(`sh: ${problem}\n`);
  return status;
}

function expansion(io: Io, shell: Interpreter): ExpandContext {
  return {
    state: shell.state,
    files: shell.files,
    substitute: async (script) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const stdout: Sink = {
        write: async (chunk) => {
          const bytes = Buffer.from(chunk);
          size += bytes.length;
          if (size <= longestSubstitution) chunks.push(bytes);
        },
      };
      const status = await inSubshell(shell, (inner) =>
        runScript(script, { ...io, stdout }, inner),
      );
      shell.state.lastStatus = status;
      return Buffer.concat(chunks).toString();
    },
  };
}

/** The streams as the redirections leave them; a text says what is wrong. */
async function redirect(
  redirections: readonly Redirection[],
  io: Io,
  shell: Interpreter,
): Promise<Io | string> {
  let own = io;
  for (const { descriptor, operator, target } of redirections) {
    const name = await expandText(target, expansion(io, shell));
    const path = absolute(name, shell.state.directory);
    try {
      if (operator === '>&') {
        const source = name === '1' ? own.stdout : own.stderr;
        own = descriptor === 1 ? { ...own, stdout: source } : { ...own, stderr: source };
      } else if (operator === '<') {
        own = { ...own, stdin: Readable.from([shell.files.read(path)]) };
      } else {
        if (operator === '>') shell.files.write(path, Buffer.alloc(0));
        else shell.files.append(path, Buffer.alloc(0));
        const sink: Sink = {
          write: async (chunk) => shell.files.append(path, Buffer.from(chunk)),
        };
        own = descriptor === 1 ? { ...own, stdout: sink } : { ...own, stderr: sink };
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const what = operator === '<' ? 'open' : 'create';
      const why =
        error.message === 'No such file or directory' ? 'nonexistent directory' : error.message;
      return operator === '<'
        ? `can't ${what} ${name}: no such file`
        : `can't ${what} ${name}: ${why}`;
    }
  }
  return own;
}

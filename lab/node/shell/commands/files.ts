/** Commands that change and show the container's files. */
import { absolute, FileError, memoryFile, type Entry, directory } from '../file-system.ts';
import { readOptions } from '../options.ts';
import { CommandProblem, type Command, type CommandContext } from '../program.ts';

/** Does something to each operand, until one goes wrong. */
async function forEach(
  context: CommandContext,
  names: readonly string[],
  verb: string,
  act: (path: string, name: string) => void,
): Promise<number> {
  if (names.length === 0) throw new CommandProblem('missing operand');
  for (const name of names) {
    try {
      act(absolute(name, context.state.directory), name);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new CommandProblem(`${verb === '' ? '' : `${verb} `}'${name}': ${error.message}`);
    }
  }
  return 0;
}

const ls: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'la1AhdRt');
  const { files, state, stdout, stderr } = context;
  let status = 0;
  const names = operands.length > 0 ? operands : ['.'];
  for (const name of names) {
    const path = absolute(name, state.directory);
    const entry = files.find(path);
    if (!entry) {
      await stderr.write(`ls: ${name}: No such file or directory\n`);
      status = 1;
      continue;
    }
    const isList = entry.kind === 'directory' && !flags.has('d');
    const shown: (readonly [string, Entry])[] = isList
      ? [...entry.entries].filter(
          ([one]) => flags.has('a') || flags.has('A') || !one.startsWith('.'),
        )
      : [[name, entry]];
    shown.sort(([one], [other]) => (one < other ? -1 : 1));
    if (names.length > 1 && isList) await stdout.write(`${name}:\n`);
    const separator = flags.has('l') || flags.has('1') || !context.isTerminal ? '\n' : '  ';
    const lines = shown.map(([one, inner]) => (flags.has('l') ? longLine(one, inner) : one));
    if (lines.length > 0) await stdout.write(`${lines.join(separator)}\n`);
  }
  return status;
};

function longLine(name: string, entry: Entry): string {
  const isFile = entry.kind === 'file';
  const bits = isFile ? entry.mode : 0o755;
  const letters = [6, 3, 0]
    .map((shift) => {
      const three = (bits >> shift) & 7;
      return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`;
    })
    .join('');
  const size = String(isFile ? entry.read().length : 4096).padStart(9);
  const date = entry.modifiedAt.toUTCString();
  const when = `${date.slice(8, 11)} ${date.slice(5, 7)} ${date.slice(17, 22)}`;
  return `${isFile ? '-' : 'd'}${letters}    1 root     root     ${size} ${when} ${name}`;
}

const mkdir: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'pm:');
  return forEach(context, operands, "can't create directory", (path) =>
    context.files.makeDirectory(path, flags.has('p')),
  );
};

const touch: Command = async (context) => {
  const { operands } = readOptions(context.args, 'c');
  return forEach(context, operands, '', (path) => {
    if (!context.files.find(path)) context.files.write(path, Buffer.alloc(0));
  });
};

const rm: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'rfR');
  const isRecursive = flags.has('r') || flags.has('R');
  if (operands.length === 0 && flags.has('f')) return 0;
  return forEach(context, operands, "can't remove", (path) => {
    if (flags.has('f') && !context.files.find(path)) return;
    context.files.remove(path, isRecursive);
  });
};

const rmdir: Command = async (context) => {
  const { operands } = readOptions(context.args, 'p');
  return forEach(context, operands, '', (path) => {
    if (context.files.list(path).size > 0) throw new FileError('Directory not empty');
    context.files.remove(path, true);
  });
};

const cp: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'rRapf');
  const isRecursive = flags.has('r') || flags.has('R') || flags.has('a');
  return transfer(context, operands, (entry, name) => {
    if (entry.kind === 'directory' && !isRecursive) {
      throw new CommandProblem(`omitting directory '${name}'`);
    }
    return copyOf(entry);
  });
};

const mv: Command = async (context) => {
  const { operands } = readOptions(context.args, 'f');
  const status = await transfer(context, operands, (entry) => entry);
  for (const name of operands.slice(0, -1)) {
    context.files.remove(absolute(name, context.state.directory), true);
  }
  return status;
};

async function transfer(
  context: CommandContext,
  operands: readonly string[],
  take: (entry: Entry, name: string) => Entry,
): Promise<number> {
  const sources = operands.slice(0, -1);
  const target = operands.at(-1);
  if (target === undefined || sources.length === 0) throw new CommandProblem('missing operand');
  const { files, state } = context;
  const to = absolute(target, state.directory);
  const isInto = files.find(to)?.kind === 'directory';
  if (sources.length > 1 && !isInto)
    throw new CommandProblem(`target '${target}' is not a directory`);
  return forEach(context, sources, "can't stat", (path, name) => {
    const entry = files.find(path);
    if (!entry) throw new FileError('No such file or directory');
    const own = isInto ? `${to}/${path.split('/').at(-1) ?? ''}` : to;
    if (own === path || own.startsWith(`${path}/`)) {
      throw new CommandProblem(`'${name}' and '${target}' are the same file`);
    }
    files.put(own, take(entry, name));
  });
}

function copyOf(entry: Entry): Entry {
  if (entry.kind === 'file') return memoryFile(entry.read(), entry.mode);
  return directory([...entry.entries].map(([name, inner]) => [name, copyOf(inner)] as const));
}

export const fileCommands: Readonly<Record<string, Command>> = {
  ls,
  mkdir,
  touch,
  rm,
  rmdir,
  cp,
  mv,
};

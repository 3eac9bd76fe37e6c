/** `tar`, as `kubectl cp` uses it: from files to a stream, and back. */
import { once } from 'node:events';
import { extract, pack } from 'tar-stream';
import { absolute, FileError, type Entry } from '../file-system.ts';
import { CommandProblem, type Command, type CommandContext } from '../program.ts';

interface TarOptions {
  readonly letters: ReadonlySet<string>;
  readonly archive: string;
  readonly directory: string;
  readonly names: readonly string[];
}

const tar: Command = async (context) => {
  const options = readTarOptions(context);
  if (options.letters.has('z')) throw new CommandProblem('compressed archives are not known here');
  if (options.letters.has('c')) return create(context, options);
  if (options.letters.has('x') || options.letters.has('t')) return unpack(context, options);
  throw new CommandProblem('need one of -c, -x, -t');
};

/** `tar cf - x`, `tar -xmf - -C /tmp`, in any order. */
function readTarOptions({ args, state }: CommandContext): TarOptions {
  const letters = new Set<string>();
  const names: string[] = [];
  let archive = '-';
  let directory = state.directory;
  const rest = [...args];
  for (let arg = rest.shift(), index = 0; arg !== undefined; arg = rest.shift(), index += 1) {
    if (arg === '--') continue;
    if (arg.startsWith('--')) {
      letters.add(arg);
      continue;
    }
    if (!arg.startsWith('-') && index > 0) {
      names.push(arg);
      continue;
    }
    for (const letter of arg.replace(/^-/, '')) {
      letters.add(letter);
      if (letter === 'f') archive = rest.shift() ?? '-';
      if (letter === 'C') directory = absolute(rest.shift() ?? '.', directory);
    }
  }
  return { letters, archive, directory, names };
}

async function create(
  { files, stdout, stderr, state }: CommandContext,
  { archive, directory, names }: TarOptions,
): Promise<number> {
  const packed = pack();
  const add = (name: string, entry: Entry): void => {
    const header = { mtime: entry.modifiedAt };
    if (entry.kind === 'file') {
      packed.entry({ ...header, name, mode: entry.mode }, entry.read());
      return;
    }
    packed.entry({ ...header, name: `${name}/`, type: 'directory', mode: 0o755 });
    for (const [inner, child] of entry.entries) add(`${name}/${inner}`, child);
  };
  let status = 0;
  const found: (readonly [string, Entry])[] = [];
  for (const name of names) {
    const entry = files.find(absolute(name, directory));
    if (entry) found.push([name.replace(/^\/+/, '').replace(/\/+$/, ''), entry]);
    else {
      await stderr.write(`tar: ${name}: No such file or directory\n`);
      status = 1;
    }
  }
  for (const [name, entry] of found) add(name, entry);
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    if (archive === '-') await stdout.write(chunk);
    else chunks.push(chunk);
  }
  if (archive !== '-') files.write(absolute(archive, state.directory), Buffer.concat(chunks));
  return status;
}

async function unpack(
  context: CommandContext,
  { letters, archive, directory }: TarOptions,
): Promise<number> {
  const { files, state, stdin, stdout } = context;
  const reading = extract();
  const done = once(reading, 'finish');
  reading.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => {
      if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    });
    stream.once('end', () => {
      try {
        if (letters.has('t')) void stdout.write(`${header.name}\n`);
        else place(context, absolute(header.name.replace(/^\/+/, ''), directory), header, chunks);
        next();
      } catch (error) {
        next(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  if (archive === '-') stdin.pipe(reading);
  else reading.end(files.read(absolute(archive, state.directory)));
  try {
    await done;
  } catch (error) {
    stdin.resume();
    throw new CommandProblem(error instanceof Error ? error.message : String(error));
  }
  return 0;
}

function place(
  { files }: CommandContext,
  path: string,
  { type, mode }: { readonly type?: string | null; readonly mode?: number | undefined },
  chunks: readonly Buffer[],
): void {
  if (type === 'directory') {
    files.makeDirectory(path, true);
    return;
  }
  // Links could lead anywhere: only plain files are unpacked.
  if (type !== 'file' && type !== null && type !== undefined) {
    throw new FileError(`${type} is not unpacked here`);
  }
  files.makeDirectory(path.slice(0, path.lastIndexOf('/')), true);
  files.write(path, Buffer.concat(chunks), mode ?? 0o644);
}

export const archiveCommands: Readonly<Record<string, Command>> = { tar };

/** Commands that read and write text. */
import { setImmediate } from 'node:timers/promises';
import { compileExpression, type Matches } from '../expression.ts';
import { absolute } from '../file-system.ts';
import { readOptions } from '../options.ts';
import { CommandProblem, readAll, type Command, type CommandContext } from '../program.ts';

const echo: Command = async ({ args, stdout }) => {
  const words = [...args];
  let hasNewline = true;
  let isEscaped = false;
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    if (words[0].includes('n')) hasNewline = false;
    if (words[0].includes('e')) isEscaped = true;
    words.shift();
  }
  const text = words.join(' ');
  await stdout.write((isEscaped ? unescape(text) : text) + (hasNewline ? '\n' : ''));
  return 0;
};

const printf: Command = async ({ args, stdout }) => {
  const [format, ...values] = args;
  if (format === undefined) throw new CommandProblem('usage: printf FORMAT [ARG]...');
  const rest = [...values];
  do {
    const before = rest.length;
    const text = unescape(format).replace(/%(-?\d*)([sdc%])/g, (_, width: string, kind: string) => {
      if (kind === '%') return '%';
      const value = rest.shift() ?? (kind === 'd' ? '0' : '');
      const shown = kind === 'd' ? String(Number.parseInt(value, 10) || 0) : value;
      const length = Math.min(Math.abs(Number(width)), 1000);
      return width.startsWith('-') ? shown.padEnd(length) : shown.padStart(length);
    });
    await stdout.write(text);
    if (rest.length === before) break;
  } while (rest.length > 0);
  return 0;
};

function unescape(text: string): string {
  const letters: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\x07',
    e: '\x1b',
    '\\': '\\',
  };
  return text.replace(
    /\\(?:([ntrae\\])|0?([0-7]{1,3})|x([0-9a-fA-F]{1,2}))/g,
    (_, letter?: string, octal?: string, hex?: string) => {
      if (letter !== undefined) return letters[letter] ?? '';
      return String.fromCharCode(
        octal === undefined ? Number.parseInt(hex ?? '0', 16) : Number.parseInt(octal, 8),
      );
    },
  );
}

const cat: Command = async (context) => {
  const { operands } = readOptions(context.args, 'un');
  let status = 0;
  for (const name of operands.length > 0 ? operands : ['-']) {
    if (name === '-') {
      for await (const chunk of context.stdin as AsyncIterable<Buffer>) {
        await context.stdout.write(chunk);
        context.signal.throwIfAborted();
      }
      continue;
    }
    try {
      await context.stdout.write(fileBytes(context, name));
    } catch (error) {
      await context.stderr.write(`cat: ${error instanceof Error ? error.message : ''}\n`);
      status = 1;
    }
  }
  return status;
};

/** @throws CommandProblem that names the file */
function fileBytes({ files, state }: CommandContext, name: string): Buffer {
  try {
    return files.read(absolute(name, state.directory));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandProblem(
      why === 'Is a directory' ? `read error: ${why}` : `can't open '${name}': ${why}`,
    );
  }
}

/** What the named files hold, or the input where none is named. */
async function inputOf(context: CommandContext, names: readonly string[]): Promise<Buffer> {
  if (names.length === 0) return readAll(context.stdin);
  const parts = [];
  for (const name of names) {
    parts.push(name === '-' ? await readAll(context.stdin) : fileBytes(context, name));
  }
  return Buffer.concat(parts);
}

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString().split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** `head -5` is `head -n 5`. */
function oldCount(args: readonly string[]): readonly string[] {
  return args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
}

const head: Command = async (context) => {
  const { values, operands } = readOptions(oldCount(context.args), 'n:c:q');
  const bytes = await inputOf(context, operands);
  const size = values.get('c');
  await context.stdout.write(
    size === undefined
      ? joined(linesOf(bytes).slice(0, Number(values.get('n') ?? 10)))
      : bytes.subarray(0, Number(size)),
  );
  return 0;
};

const tail: Command = async (context) => {
  const { values, operands } = readOptions(oldCount(context.args), 'n:c:fq');
  const bytes = await inputOf(context, operands);
  const size = values.get('c');
  const count = values.get('n') ?? '10';
  const lines = linesOf(bytes);
  const from = count.startsWith('+')
    ? Number(count) - 1
    : Math.max(0, lines.length - Number(count));
  await context.stdout.write(
    size === undefined
      ? joined(lines.slice(from))
      : bytes.subarray(Math.max(0, bytes.length - Number(size))),
  );
  return 0;
};

const wc: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'lwc');
  const bytes = await inputOf(context, operands);
  const text = bytes.toString();
  const counts = {
    l: text.split('\n').length - 1,
    w: text.split(/\s+/).filter((word) => word !== '').length,
    c: bytes.length,
  };
  const shown = (['l', 'w', 'c'] as const).filter((one) => flags.size === 0 || flags.has(one));
  const figures = shown.map((one) => String(counts[one]).padStart(shown.length > 1 ? 9 : 0));
  await context.stdout.write(`${[figures.join(' '), ...operands.slice(0, 1)].join(' ')}\n`);
  return 0;
};

const longestLine = 4096;
/** After so long others have their turn. */
const turnMs = 10;

const grep: Command = async (context) => {
  const { flags, values, operands } = readOptions(context.args, 'ivcnqElFowhe:');
  const [pattern = '', ...names] = values.has('e')
    ? [values.get('e') ?? '', ...operands]
    : operands;
  const matches = await matcherOf(pattern, flags);
  const lines = linesOf(await inputOf(context, names));
  const found: (readonly [number, string])[] = [];
  let turn = performance.now();
  for (const [index, line] of lines.entries()) {
    if (matches(line.slice(0, longestLine)) !== flags.has('v')) found.push([index + 1, line]);
    if (performance.now() - turn < turnMs) continue;
    await setImmediate();
    context.signal.throwIfAborted();
    turn = performance.now();
  }
  if (flags.has('c')) await context.stdout.write(`${found.length}\n`);
  else if (!flags.has('q')) {
    await context.stdout.write(
      joined(found.map(([number, line]) => (flags.has('n') ? `${number}:${line}` : line))),
    );
  }
  return found.length > 0 ? 0 : 1;
};

/** @throws CommandProblem */
async function matcherOf(pattern: string, flags: ReadonlySet<string>): Promise<Matches> {
  const isFolded = flags.has('i');
  const isWord = flags.has('w');
  if (!isWord && (flags.has('F') || !/[.*+?^$[\]\\|(){}]/.test(pattern))) {
    const fold = isFolded ? (text: string) => text.toLowerCase() : (text: string) => text;
    const wanted = fold(pattern);
    return (line) => fold(line).includes(wanted);
  }
  const written = flags.has('F') ? pattern.replace(/[.*^$[\\]/g, '\\$&') : pattern;
  const isExtended = flags.has('E') && !flags.has('F');
  return compileExpression(written, { isExtended, isFolded, isWord });
}

const sort: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'rnu');
  const lines = linesOf(await inputOf(context, operands));
  const number = (line: string) => Number.parseFloat(line) || 0;
  lines.sort((one, other) =>
    flags.has('n') ? number(one) - number(other) : one < other ? -1 : one > other ? 1 : 0,
  );
  if (flags.has('r')) lines.reverse();
  await context.stdout.write(joined(flags.has('u') ? [...new Set(lines)] : lines));
  return 0;
};

const uniq: Command = async (context) => {
  const { flags, operands } = readOptions(context.args, 'c');
  const groups: { readonly line: string; count: number }[] = [];
  for (const line of linesOf(await inputOf(context, operands))) {
    const last = groups.at(-1);
    if (last?.line === line) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  await context.stdout.write(
    joined(
      groups.map(({ line, count }) =>
        flags.has('c') ? `${String(count).padStart(7)} ${line}` : line,
      ),
    ),
  );
  return 0;
};

const cut: Command = async (context) => {
  const { values, operands } = readOptions(context.args, 'd:f:c:');
  const delimiter = values.get('d') ?? '\t';
  const chosen = positions(values.get('f') ?? values.get('c') ?? '');
  const lines = linesOf(await inputOf(context, operands)).map((line) => {
    if (values.has('c'))
      return Array.from(line)
        .filter((_, index) => chosen(index + 1))
        .join('');
    if (!line.includes(delimiter)) return line;
    return line
      .split(delimiter)
      .filter((_, index) => chosen(index + 1))
      .join(delimiter);
  });
  await context.stdout.write(joined(lines));
  return 0;
};

/** `1,3-5,7-` */
function positions(list: string): (position: number) => boolean {
  const spans = list.split(',').map((span) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(span);
    if (!match || span === '' || span === '-') throw new CommandProblem(`bad list '${list}'`);
    const from = Number(match[1] ?? 1) || 1;
    const to = match[2] === '' ? from : Number(match[3]) || Infinity;
    return [from, to] as const;
  });
  return (position) => spans.some(([from, to]) => position >= from && position <= to);
}

const seq: Command = async ({ args, stdout, signal }) => {
  const numbers = args.map(Number);
  if (numbers.length === 0 || numbers.length > 3 || numbers.some(Number.isNaN)) {
    throw new CommandProblem(
      `invalid number '${args.find((arg) => Number.isNaN(Number(arg))) ?? ''}'`,
    );
  }
  const [first, step, last] =
    numbers.length === 1
      ? [1, 1, numbers[0] ?? 0]
      : numbers.length === 2
        ? [numbers[0] ?? 1, 1, numbers[1] ?? 0]
        : [numbers[0] ?? 1, numbers[1] ?? 1, numbers[2] ?? 0];
  if (step === 0) throw new CommandProblem('increment must not be 0');
  let text = '';
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    text += `${value}\n`;
    if (text.length < 16_384) continue;
    await stdout.write(text);
    text = '';
    signal.throwIfAborted();
  }
  await stdout.write(text);
  return 0;
};

export const textCommands: Readonly<Record<string, Command>> = {
  echo,
  printf,
  cat,
  head,
  tail,
  wc,
  grep,
  sort,
  uniq,
  cut,
  seq,
};

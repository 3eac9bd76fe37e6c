/** Commands that tell of the container, change the shell, or wait. */
import { setTimeout as delay } from 'node:timers/promises';
import { absolute } from '../file-system.ts';
import { readOptions } from '../options.ts';
import { CommandProblem, ShellExit, type Command } from '../program.ts';

const cd: Command = async ({ args, state, files }) => {
  const to = args[0] ?? state.variables.get('HOME') ?? '/';
  const path = absolute(to === '-' ? (state.variables.get('OLDPWD') ?? '/') : to, state.directory);
  const entry = files.find(path);
  if (!entry) throw new CommandProblem(`can't cd to ${to}: No such file or directory`, 2);
  if (entry.kind === 'file') throw new CommandProblem(`can't cd to ${to}: Not a directory`, 2);
  state.variables.set('OLDPWD', state.directory);
  state.variables.set('PWD', path);
  state.directory = path;
  return 0;
};

const pwd: Command = async ({ state, stdout }) => {
  await stdout.write(`${state.directory}\n`);
  return 0;
};

const exit: Command = async ({ args, state }) => {
  const status = args[0] === undefined ? state.lastStatus : Number(args[0]);
  if (!Number.isInteger(status)) throw new CommandProblem(`Illegal number: ${args[0] ?? ''}`, 2);
  throw new ShellExit(status & 255);
};

const assign: Command = async ({ args, state, stdout }) => {
  for (const arg of args) {
    const match = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(arg);
    if (!match) throw new CommandProblem(`${arg}: bad variable name`, 2);
    if (match[2] !== undefined) state.variables.set(match[1] ?? '', match[2]);
  }
  if (args.length === 0) await stdout.write(variableLines(state.variables));
  return 0;
};

const unset: Command = async ({ args, state }) => {
  for (const name of args) state.variables.delete(name);
  return 0;
};

const env: Command = async ({ args, state, stdout, run }) => {
  const isAssignment = (arg: string) => /^[A-Za-z_]\w*=/.test(arg);
  const count = args.findIndex((arg) => !isAssignment(arg));
  const command = count === -1 ? [] : args.slice(count);
  const set = count === -1 ? args : args.slice(0, count);
  const variables = new Map(state.variables);
  for (const one of set) variables.set(one.split('=', 1)[0] ?? '', one.slice(one.indexOf('=') + 1));
  if (command.length > 0) return run(['sh', '-c', '"$@"', 'env', ...command]);
  await stdout.write(variableLines(variables));
  return 0;
};

function variableLines(variables: ReadonlyMap<string, string>): string {
  return [...variables].map(([name, value]) => `${name}=${value}\n`).join('');
}

const printenv: Command = async ({ args, state, stdout }) => {
  if (args.length === 0) {
    await stdout.write(variableLines(state.variables));
    return 0;
  }
  const values = args.map((name) => state.variables.get(name));
  await stdout.write(
    values.flatMap((value) => (value === undefined ? [] : [`${value}\n`])).join(''),
  );
  return values.includes(undefined) ? 1 : 0;
};

const id: Command = async ({ args, stdout }) => {
  const { flags } = readOptions(args, 'ugn');
  const isName = flags.has('n');
  const short = isName ? 'root' : '0';
  await stdout.write(
    flags.has('u') || flags.has('g') ? `${short}\n` : 'uid=0(root) gid=0(root) groups=0(root)\n',
  );
  return 0;
};

const whoami: Command = async ({ stdout }) => {
  await stdout.write('root\n');
  return 0;
};

const hostname: Command = async ({ args, world, stdout }) => {
  const { flags } = readOptions(args, 'if');
  await stdout.write(`${flags.has('i') ? world.addresses.join(' ') : world.hostname}\n`);
  return 0;
};

const date: Command = async ({ args, stdout }) => {
  const { flags, operands } = readOptions(args, 'uIR');
  const now = new Date();
  const [format] = operands;
  if (flags.has('I')) await stdout.write(`${now.toISOString().slice(0, 10)}\n`);
  else if (flags.has('R')) await stdout.write(`${now.toUTCString().replace('GMT', '+0000')}\n`);
  else await stdout.write(`${formatDate(now, format?.slice(1) ?? '%a %b %e %H:%M:%S UTC %Y')}\n`);
  return 0;
};

function formatDate(now: Date, format: string): string {
  const iso = now.toISOString();
  const text = now.toUTCString();
  const fields: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    e: String(now.getUTCDate()).padStart(2),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    N: `${iso.slice(20, 23)}000000`,
    s: String(Math.floor(now.getTime() / 1000)),
    a: text.slice(0, 3),
    b: text.slice(8, 11),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  };
  return format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
}

const ps: Command = async ({ world, stdout }) => {
  const line = (pid: string, user: string, time: string, command: string) =>
    `${pid.padStart(5)} ${user.padEnd(8)} ${time.padStart(5)} ${command}\n`;
  await stdout.write(
    line('PID', 'USER', 'TIME', 'COMMAND') +
      line('1', 'root', '0:00', world.program) +
      line('7', 'root', '0:00', 'ps'),
  );
  return 0;
};

const uname: Command = async ({ args, world, stdout }) => {
  const { flags } = readOptions(args, 'asnrmv');
  const fields = {
    s: 'Linux',
    n: world.hostname,
    r: 'hop-by-hop',
    v: '#1 lab',
    m: process.arch === 'x64' ? 'x86_64' : 'aarch64',
  };
  const letters = flags.has('a')
    ? ['s', 'n', 'r', 'v', 'm']
    : flags.size === 0
      ? ['s']
      : [...flags];
  const shown = Object.entries(fields).filter(([letter]) => letters.includes(letter));
  await stdout.write(`${shown.map(([, value]) => value).join(' ')}\n`);
  return 0;
};

const sleep: Command = async ({ args, signal }) => {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  const ms = args.reduce((sum, arg) => {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg);
    if (!match) {
      if (arg === 'infinity') return 2 ** 31 - 1;
      throw new CommandProblem(`invalid number '${arg}'`);
    }
    return sum + Number(match[1]) * 1000 * (units[match[2] ?? ''] ?? 1);
  }, 0);
  if (args.length === 0) throw new CommandProblem('missing operand');
  await delay(Math.min(ms, 2 ** 31 - 1), undefined, { signal });
  return 0;
};

const unary: Readonly<Record<string, (value: string, kind: string, size: number) => boolean>> = {
  '-z': (value) => value === '',
  '-n': (value) => value !== '',
  '-e': (_, kind) => kind !== '',
  '-f': (_, kind) => kind === 'file',
  '-d': (_, kind) => kind === 'directory',
  '-r': (_, kind) => kind !== '',
  '-s': (_, kind, size) => kind !== '' && size > 0,
};

const binary: Readonly<Record<string, (one: string, other: string) => boolean>> = {
  '=': (one, other) => one === other,
  '==': (one, other) => one === other,
  '!=': (one, other) => one !== other,
  '-eq': (one, other) => Number(one) === Number(other),
  '-ne': (one, other) => Number(one) !== Number(other),
  '-lt': (one, other) => Number(one) < Number(other),
  '-le': (one, other) => Number(one) <= Number(other),
  '-gt': (one, other) => Number(one) > Number(other),
  '-ge': (one, other) => Number(one) >= Number(other),
};

const test: Command = async ({ args, files, state }) => {
  const evaluate = (words: readonly string[]): boolean => {
    const [first = '', second = '', third = ''] = words;
    if (first === '!') return !evaluate(words.slice(1));
    const compare = binary[second];
    if (words.length === 3 && compare) return compare(first, third);
    const check = unary[first];
    if (words.length === 2 && check) {
      const entry = files.find(absolute(second, state.directory));
      const size = entry?.kind === 'file' ? entry.read().length : 1;
      return check(second, entry?.kind ?? '', size);
    }
    if (words.length > 1) throw new CommandProblem(`${second || first}: unknown operand`, 2);
    return first !== '';
  };
  return evaluate(args) ? 0 : 1;
};

const bracket: Command = async (context) => {
  if (context.args.at(-1) !== ']') throw new CommandProblem('missing ]', 2);
  return test({ ...context, args: context.args.slice(0, -1) });
};

const clear: Command = async ({ stdout }) => {
  await stdout.write('\x1b[H\x1b[J');
  return 0;
};

export const systemCommands: Readonly<Record<string, Command>> = {
  cd,
  pwd,
  exit,
  export: assign,
  unset,
  set: async () => 0,
  ':': async () => 0,
  true: async () => 0,
  false: async () => 1,
  env,
  printenv,
  id,
  whoami,
  hostname,
  date,
  ps,
  uname,
  sleep,
  test,
  '[': bracket,
  clear,
};

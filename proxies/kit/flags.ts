/**
 * Reads a command line as pflag does, from the flags of a descriptor: the same list that makes the
 * page's table and `--help`. Errors are pflag's, word for word.
 */
import { parseArgs } from 'node:util';
import type { Flag } from '../descriptor.ts';
import { parseGoDuration } from './go-duration.ts';

interface ValueOf {
  readonly string: string;
  readonly int: number;
  readonly bool: boolean;
  /** Milliseconds. */
  readonly duration: number;
  readonly strings: readonly string[];
}

/** What a list of flags comes to: each literal name with the type its flag has. */
export type FlagValues<F extends Pick<Flag, 'name' | 'type'>> = {
  readonly [E in F as E['name']]: ValueOf[E['type']];
};

export interface ParsedFlags<F extends Pick<Flag, 'name' | 'type'>> {
  readonly values: FlagValues<F>;
  /** The names that were given, even if with their default. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/**
 * The values of a flag of several: one may hold more, with commas between.
 *
 * @example splitValues(['a,b', 'c', '']) // ['a', 'b', 'c']
 */
export function splitValues(list: readonly string[]): readonly string[] {
  return list.flatMap((text) => text.split(',')).filter((text) => text !== '');
}

/** A command line that cannot be read; the message is pflag's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/**
 * @example parseFlags([{ name: 'port', shorthand: 'p', type: 'int', default: 8001 }], ['-p0']).values.port // 0
 * @throws FlagError as pflag words it: `unknown flag: --nope`.
 */
export function parseFlags<const F extends Pick<Flag, 'name' | 'type' | 'default' | 'shorthand'>>(
  flags: readonly F[],
  argv: readonly string[],
): ParsedFlags<F> {
  const byName = new Map<string, F>(flags.map((flag) => [flag.name, flag]));
  const byShorthand = new Map<string | undefined, F>(flags.map((flag) => [flag.shorthand, flag]));
  const values = new Map<string, unknown>(
    flags.map((flag) => [
      flag.name,
      flag.type === 'duration' ? parseGoDuration(String(flag.default)) : flag.default,
    ]),
  );
  const given = new Set<string>();
  const { tokens, positionals } = parseArgs({
    args: argv.map(hyphenate),
    options: Object.fromEntries(flags.map((flag) => [flag.name, lexed(flag)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const isLong = token.rawName.startsWith('--');
    const letter = token.rawName.slice(1);
    const group = argv[token.index] ?? token.rawName;
    if (isLong && /^--(=|-)/.test(group)) throw new FlagError(`bad flag syntax: ${group}`);
    const flag = isLong ? byName.get(token.name) : byShorthand.get(letter);
    if (flag === undefined) {
      throw new FlagError(
        isLong
          ? `unknown flag: --${token.name}`
          : `unknown shorthand flag: ${quoteRune(letter)} in ${group}`,
      );
    }
    // `-p=0` is `-p 0`; a bare `-w=` is `-w` with `=`.
    const inline = isLong ? token.value : token.value?.replace(/^=(?=.)/s, '');
    const text = inline ?? (flag.type === 'bool' ? 'true' : undefined);
    if (text === undefined) {
      throw new FlagError(
        `flag needs an argument: ${isLong ? `--${flag.name}` : `${quoteRune(letter)} in ${group}`}`,
      );
    }
    const before = given.has(flag.name) ? values.get(flag.name) : undefined;
    try {
      const value = readers[flag.type](text);
      values.set(flag.name, Array.isArray(before) ? [...(before as string[]), text] : value);
    } catch (error) {
      const spelled = flag.shorthand === undefined ? '' : `-${flag.shorthand}, `;
      throw new FlagError(
        `invalid argument ${JSON.stringify(text)} for "${spelled}--${flag.name}" flag: ${(error as Error).message}`,
      );
    }
    given.add(flag.name);
  }
  return {
    values: Object.fromEntries(values) as FlagValues<F>,
    given,
    positionals,
  };
}

/** A bool takes its value after `=` only, so that `--flag false` leaves a positional, as in pflag. */
function lexed(flag: Pick<Flag, 'type' | 'shorthand'>) {
  return {
    type: flag.type === 'bool' ? ('boolean' as const) : ('string' as const),
    ...(flag.shorthand !== undefined && { short: flag.shorthand }),
    multiple: true,
  };
}

/** `--disable_filter` is understood as `--disable-filter` (component-base's word separators). */
function hyphenate(argument: string): string {
  return argument.replace(/^--[^=]+/, (name) => name.replaceAll('_', '-'));
}

const readers: Readonly<Record<Flag['type'], (text: string) => unknown>> = {
  string: (text) => text,
  strings: (text) => [text],
  duration: parseGoDuration,
  bool: parseGoBool,
  int: parseGoInt,
};

function parseGoBool(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** What a prefix says about the digits that follow it. */
const radixes: readonly (readonly [prefix: RegExp, digits: RegExp, literal: string])[] = [
  [/^0x/i, /^[0-9a-f]+$/i, '0x'],
  [/^0b/i, /^[01]+$/, '0b'],
  [/^0o|^0(?=.)/i, /^[0-7]+$/, '0o'],
  [/^/, /^\d+$/, ''],
];

/** `strconv.ParseInt(text, 0, 64)`: decimal, `0x`, `0o`, `0b`, a leading 0 for octal, underscores. */
function parseGoInt(text: string): number {
  const refuse = (why: string) =>
    new FlagError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  const unsigned = text.replace(/^[-+]/, '');
  const [prefix, digits, literal] = radixes.find(([start]) => start.test(unsigned)) ?? [];
  const rest = prefix === undefined ? '' : unsigned.replace(prefix, '');
  // Underscores may stand between digits, and after a prefix.
  const bare = rest.length < unsigned.length ? rest.replace(/^_/, '') : rest;
  const joined = /^_|__|_$/.test(bare) ? '' : bare.replaceAll('_', '');
  if (digits?.test(joined) !== true) throw refuse('invalid syntax');
  const magnitude = BigInt(`${literal ?? ''}${joined}`);
  const value = text.startsWith('-') ? -magnitude : magnitude;
  if (BigInt.asIntN(64, value) !== value) throw refuse('value out of range');
  return Number(value);
}

/** Go's `%q` of one character. */
function quoteRune(rune: string): string {
  return `'${rune}'`;
}

/** `--help`, from the descriptor, in the user's language. */
import type { Flag, Value } from '../descriptor.ts';
import type { Messages } from './messages.ts';

const width = 100;
/** A longer spelling has its line to itself. */
const widestSpelling = 46;

type HelpFlag = Pick<Flag, 'name' | 'type'> & {
  /** The message `cli.groups.<group>` says what they have in common. */
  readonly group: string;
  readonly default: Value | readonly string[];
  readonly shorthand?: string | undefined;
  readonly env?: string | undefined;
  readonly describedAs?: string | undefined;
  readonly hidden?: boolean;
};

/** A descriptor is one. */
export interface Helpful {
  readonly id: string;
  readonly flags: readonly HelpFlag[];
  /** The text of a flag; absent: the message `tables:flags.<name>`. */
  readonly describe?: (name: string) => string;
}

/** What it is, its usage, and its flags by group with their defaults. Ends with a newline. */
export function flagHelp(command: Helpful, messages: Messages): string {
  const describe = command.describe ?? ((name: string) => messages.say(`tables:flags.${name}`));
  const shown = command.flags.filter((flag) => flag.hidden !== true);
  const groups = [...new Set(shown.map((flag) => flag.group))];
  const lengths = shown.map((flag) => spelling(flag).length);
  const column = Math.max(...lengths.filter((length) => length <= widestSpelling)) + 4;
  const sections = groups.map((group) => [
    messages.say(`cli.groups.${group}`),
    ...shown
      .filter((flag) => flag.group === group)
      .map((flag) => entry(flag, describe(flag.describedAs ?? flag.name), column, messages)),
  ]);
  return [
    [messages.say(`cli.commands.${command.id}`)],
    [messages.say('cli.usage', { usage: `hop ${command.id}` })],
    ...sections,
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .concat('\n');
}

function entry(flag: HelpFlag, about: string, column: number, messages: Messages): string {
  const text = [
    // The page shows code as code.
    about.replaceAll('`', ''),
    ...(isWorthSaying(flag) ? [messages.say('cli.default', { value: String(flag.default) })] : []),
    ...(flag.env === undefined ? [] : [messages.say('cli.env', { name: flag.env })]),
  ].join(' ');
  const [first = '', ...rest] = wrap(text, width - column);
  const spelled = spelling(flag);
  const indent = ' '.repeat(column);
  const head =
    spelled.length > widestSpelling
      ? `${spelled}\n${indent}${first}`
      : spelled.padEnd(column) + first;
  return [head, ...rest.map((line) => indent + line)].join('\n');
}

function spelling({ name, shorthand, type }: HelpFlag): string {
  const short = shorthand === undefined ? '    ' : `-${shorthand}, `;
  return `  ${short}--${name}${type === 'bool' ? '' : ` ${type}`}`;
}

function isWorthSaying(flag: HelpFlag): boolean {
  return !['', 'false', '0s', '0'].includes(String(flag.default));
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

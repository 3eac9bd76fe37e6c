/** Short options of the shell's commands: `-n5`, `-n 5`, `-rf`. */
import { CommandProblem } from './program.ts';

export interface ReadOptions {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * @param known letters; one with a colon behind it takes a value: `n:c:qv`
 * @throws CommandProblem for an option that is not known
 */
export function readOptions(
  args: readonly string[],
  known: string,
  /** Long names that stand for a letter: `{ '--lines': 'n' }`. */
  long: Readonly<Record<string, string>> = {},
): ReadOptions {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest);
      break;
    }
    if (arg.startsWith('--')) {
      const [name = '', value] = arg.split(/=(.*)/s);
      const letter = long[name];
      if (letter === undefined) throw new CommandProblem(`unrecognized option '${name}'`);
      if (known.includes(`${letter}:`)) values.set(letter, value ?? rest.shift() ?? '');
      else flags.add(letter);
    } else if (arg.startsWith('-') && arg.length > 1) {
      readLetters(arg.slice(1));
    } else {
      operands.push(arg);
    }
  }
  return { flags, values, operands };

  function readLetters(letters: string): void {
    for (let index = 0; index < letters.length; index += 1) {
      const letter = letters.charAt(index);
      if (!known.includes(letter) || letter === ':') {
        throw new CommandProblem(`unrecognized option: ${letter}`);
      }
      if (!known.includes(`${letter}:`)) {
        flags.add(letter);
        continue;
      }
      const attached = letters.slice(index + 1);
      const value = attached === '' ? rest.shift() : attached;
      if (value === undefined) throw new CommandProblem(`option requires an argument: ${letter}`);
      values.set(letter, value);
      return;
    }
  }
}

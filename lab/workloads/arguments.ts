/** What a container is told in `args`: `--name=value`. */
import { parseArgs } from 'node:util';

export type Arguments = Readonly<Record<string, string | undefined>>;

/** @throws Error for an argument that is none of these names. */
export function readArguments(args: readonly string[], names: readonly string[]): Arguments {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  return parseArgs({ args: [...args], options }).values;
}

/** @throws Error for what is no number, or below 0. */
export function numberArgument(given: Arguments, name: string, otherwise: number): number {
  const text = given[name];
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new Error(`invalid argument "${text}" for "--${name}": a number of at least 0 is wanted`);
}

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

/** Longer than this no timer waits: it would go off at once. */
const mostSeconds = Math.floor((2 ** 31 - 1) / 1000);

/** A time to wait for. @throws Error for what is no number, below 0, or too long for a timer. */
export function secondsArgument(given: Arguments, name: string): number {
  const seconds = numberArgument(given, name, 0);
  if (seconds <= mostSeconds) return seconds;
  const limit = `at most ${mostSeconds} seconds are possible`;
  throw new Error(`invalid argument "${given[name]}" for "--${name}": ${limit}`);
}

/** @throws Error for what no process ends with. */
export function exitCodeArgument(given: Arguments, name: string, otherwise: number): number {
  const text = given[name];
  const code = text === undefined ? otherwise : readExitCode(text);
  if (code !== undefined) return code;
  throw new Error(`invalid argument "${text}" for "--${name}": ${exitCodeRule}`);
}

export const exitCodeRule = 'a whole number from 0 to 255 is wanted';

/** Undefined for what no process ends with. */
export function readExitCode(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

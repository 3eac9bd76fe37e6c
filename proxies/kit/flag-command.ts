/** The frame of a subcommand with flags: `--help`, `--version`, the errors with what to do next, the end by a signal. */
import { ApiError, UnreachableError } from './api/errors.ts';
import { ConfigurationError } from './apiserver/configuration-error.ts';
import type { Command, Terminal } from './command.ts';
import { flagHelp, type Helpful } from './flag-help.ts';
import { FlagError, parseFlags, type FlagValues } from './flags.ts';
import { KubeconfigError } from './kubeconfig/errors.ts';
import {
  endBySignal,
  unlessStopped,
  untilStopped,
  type Stopped,
  type StopSignal,
} from './until-stopped.ts';

type AnyFlag = Helpful['flags'][number] & Parameters<typeof parseFlags>[0][number];

export interface FlagCommandOptions<F extends AnyFlag> {
  /** What follows `hop`; its hints are the messages `cli.<name>.hints.<hint>`. */
  readonly name: string;
  readonly flags: readonly F[];
  /** The text of a flag; absent: the message `tables:flags.<name>`. */
  readonly describe?: (name: string, terminal: Terminal) => string;
  /** The line of `--version`, where it has one. */
  readonly version?: string;
  /** Resolves with the signal that stopped it; with null where it has done what it was asked to. */
  run(
    flags: FlagValues<F>,
    given: ReadonlySet<string>,
    terminal: Terminal,
  ): Promise<StopSignal | null>;
}

/** A command that takes flags and no arguments; its errors end it with 1. */
export function flagCommand<const F extends AnyFlag>(options: FlagCommandOptions<F>): Command {
  const { name, flags, describe, version } = options;
  return {
    async run(argv, terminal) {
      const { messages, stdout, stderr, isHinting } = terminal;
      try {
        const { values, given, positionals } = parseFlags(flags, argv);
        if (isAsked(values, 'help')) {
          const say = describe && { describe: (flag: string) => describe(flag, terminal) };
          stdout.write(flagHelp({ id: name, flags, ...say }, messages));
          return 0;
        }
        if (version !== undefined && isAsked(values, 'version')) {
          stdout.write(`${version}\n`);
          return 0;
        }
        if (positionals.length > 0) {
          const list = positionals.map((text) => JSON.stringify(text)).join(' ');
          throw new FlagError(`${JSON.stringify(name)} does not take any arguments, got [${list}]`);
        }
        const signal = await options.run(values, given, terminal);
        if (signal !== null) endBySignal(signal);
        return 0;
      } catch (error) {
        stderr.write(`${announce(error)}\n`);
        const hint = hintOf(error, name, terminal);
        if (hint !== undefined && isHinting) stderr.write(`${hint}\n`);
        return 1;
      }
    },
  };
}

export interface Serving extends AsyncDisposable {
  /** What the process that started this one is told: `address`… */
  readonly addresses: Readonly<Record<string, unknown>>;
  /** Rejects with the reason why it cannot go on. */
  readonly ended?: Promise<never>;
}

/** Starts what serves, tells the process that started us where, and resolves when it is stopped and put away. */
export async function serveUntilStopped(
  start: () => Promise<Serving>,
  stopped: Stopped = untilStopped(),
): Promise<StopSignal | null> {
  await using serving = await unlessStopped(stopped, start);
  process.send?.({ ready: true, ...serving.addresses });
  return await Promise.race([stopped, ...(serving.ended ? [serving.ended] : [])]);
}

function isAsked(values: Readonly<Record<string, unknown>>, name: string): boolean {
  return values[name] === true;
}

function announce(error: unknown): string {
  if (error instanceof KubeconfigError) return error.announcement;
  if (error instanceof UnreachableError) return `Unable to connect to the server: ${error.message}`;
  if (error instanceof ApiError) return `error: the server answers ${error.code}: ${error.message}`;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

/** What to do next, by what went wrong. */
function hintOf(error: unknown, name: string, { messages }: Terminal): string | undefined {
  if (error instanceof FlagError) return messages.say('cli.see-help', { name });
  const hint = nameOfHint(error);
  const key = `cli.${name}.hints.${hint}`;
  if (hint === undefined || !messages.has(key)) return undefined;
  return messages.say(key, error instanceof ConfigurationError ? error.values : {});
}

function nameOfHint(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.hint;
  if (error instanceof UnreachableError) return 'unreachable';
  if (error instanceof ApiError) return error.code === 401 ? 'not-authenticated' : 'refused';
  return error instanceof KubeconfigError ? 'bad-kubeconfig' : undefined;
}

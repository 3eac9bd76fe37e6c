/**
 * How a machine's program lives: it says when it serves, ends in order when it is told to, and never
 * outlives whoever started it.
 */
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import type { Hop } from '../../proxies/kit/hop.ts';

/** Sent once over the IPC channel, when the program does its work. */
export interface ReadyMessage {
  readonly ready: true;
  /** Where it listens, as `host:port`; of use where the system chose the port. */
  readonly address?: string;
}

/** Sent for each hop, to whoever asks with `{ "hops": true }`. */
export interface HopMessage {
  readonly hop: Hop;
}

/** The answer to that: whether hops are told from now on. */
export interface HopsFollowedMessage {
  readonly hopsFollowed: boolean;
}

/** The answer to a message with a `question`. */
export interface AnswerMessage {
  readonly question: number;
  readonly answer: unknown;
}

/** A little more than the grace that whoever started the program gives it. */
const endWithinMs = 3_000;

/** `--name=value` flags, every one of them text. */
export type Flags = Readonly<Record<string, string | undefined>>;

/**
 * Runs a program of the lab. `start` resolves when the program does its work.
 *
 * @example await runProgram(['listen', 'data-dir'], async (flags) => startStoreServer(…))
 */
export async function runProgram(
  names: readonly string[],
  start: (flags: Flags) => Promise<AsyncDisposable & { readonly address?: string }>,
): Promise<void> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ options });
  const { promise: stopped, resolve: end } = Promise.withResolvers<null>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => end(null));
  process.once('disconnect', () => end(null));
  const running = await Promise.race([start(values), stopped]);
  // Stopped before it served anybody: there is nothing to end in order.
  if (running === null) process.exit(0);
  const ready: ReadyMessage = { ready: true, ...(running.address && { address: running.address }) };
  process.send?.(ready);
  // A program that is killed leaves what was compiled to the next start, too.
  flushCompileCache();
  await stopped;
  // Nobody may be there any more to end by force what does not end in order.
  setTimeout(() => process.exit(1), endWithinMs).unref();
  await running[Symbol.asyncDispose]();
  process.exit(0);
}

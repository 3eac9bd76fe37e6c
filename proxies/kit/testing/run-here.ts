/** For tests: a command in this process, to its end. It must be one that does not serve. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from '../command.ts';
import { loadMessages } from '../messages.ts';

export interface EndedCommand {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param isHinting whether it says what to do next, as where a person reads */
export async function runHere(
  command: Command,
  argv: readonly string[],
  isHinting = false,
): Promise<EndedCommand> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const messages = loadMessages('en');
  const { stdin } = process;
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
  const status = await command.run(argv, { env, stdin, stdout, stderr, messages, isHinting });
  stdout.end();
  stderr.end();
  return { status, stdout: await text(stdout), stderr: await text(stderr) };
}

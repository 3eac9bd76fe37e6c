/** For tests: `hop cloud-lb` as a process of its own, and what its clients and its operator ask it. */
import { request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { runCommand, type RunningCommand } from '../../../kit/running-command.ts';

export interface RunningCloud extends AsyncDisposable {
  readonly pid: number;
  readonly stderr: () => string;
  readonly ended: Promise<void>;
  /** What a path of the admin server is answered. */
  status(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

/** @throws Error with what it says, where it does not serve */
export async function runCloud(args: readonly string[]): Promise<RunningCloud> {
  const command = await tryCloud(args);
  if (!command.isServing) throw new Error(command.stderr());
  const { pid, stderr, ended, host, port } = command;
  return {
    ...{ pid, stderr, ended },
    status: async (path) => {
      const answer = await fetch(`http://${host}:${port}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

/** With its own words where people do not read along: in English, with what to do next. */
export function tryCloud(args: readonly string[]): Promise<RunningCommand> {
  return runCommand({
    command: 'cloud-lb',
    serving: /Serving status at (\S+)/,
    args: ['--admin-bind-address=127.0.0.1:0', ...args],
    env: { LANG: 'en_US.UTF-8' },
    signal: new AbortController().signal,
  });
}

/** One request over a connection of its own: what is answered, or the code of what went wrong. */
export async function ask(address: string): Promise<string> {
  const sent = request(`http://${address}/`, { agent: false });
  sent.end();
  try {
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    return await text(answer);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** For tests: `hop apiserver-lb` as a process of its own, and what its clients and its operator ask it. */
import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Hop } from '../../../kit/hop.ts';
import { runCommand, type RunningCommand } from '../../../kit/running-command.ts';

export interface RunningBalancerCommand extends AsyncDisposable {
  readonly pid: number;
  /** Where clients come to: `127.0.0.1:40001`. */
  readonly address: string;
  readonly stderr: () => string;
  readonly ended: Promise<void>;
  /** What a path of the admin server is answered. */
  status(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** The value of a metric, with its labels as they are written; undefined: there is none. */
  metric(line: string): Promise<number | undefined>;
  /** What `/backends` says. */
  backends(): Promise<BackendsAnswer>;
}

export interface BackendsAnswer {
  readonly backends: readonly {
    readonly name: string;
    readonly condition?: string;
    readonly isDraining: boolean;
  }[];
}

export interface RunBalancerOptions {
  /** Default: a port of loopback that the system chooses. */
  readonly listen?: string;
  readonly onHop?: (hop: Hop) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** A machine that is busy with other tests is no apiserver that is slow. */
const patient = ['--check-timeout=20s', '--dial-timeout=20s'];

/** @throws Error with what it says, where it does not serve */
export async function runBalancer(
  args: readonly string[],
  { listen = '127.0.0.1:0', ...options }: RunBalancerOptions = {},
): Promise<RunningBalancerCommand> {
  const own = [`--listen=${listen}`, '--admin-bind-address=127.0.0.1:0', ...patient];
  const command = await tryBalancer([...own, ...args], options);
  const { pid, stderr, ended } = command;
  const address = /Serving on (\S+)/.exec(stderr())?.[1];
  if (!command.isServing || address === undefined) {
    await command[Symbol.asyncDispose]();
    throw new Error(stderr());
  }
  const admin = `http://${command.host}:${command.port}`;
  const status = async (path: string) => {
    const answer = await fetch(`${admin}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  return {
    ...{ pid, address, stderr, ended, status },
    metric: async (line) => {
      const { body } = await status('/metrics');
      const found = body.split('\n').find((one) => one.startsWith(`${line} `));
      return found === undefined ? undefined : Number(found.slice(line.length));
    },
    backends: async () => JSON.parse((await status('/backends')).body) as BackendsAnswer,
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

/** With its own words where people do not read along: in English, with what to do next. */
export function tryBalancer(
  args: readonly string[],
  { onHop, env }: Omit<RunBalancerOptions, 'listen'> = {},
): Promise<RunningCommand> {
  return runCommand({
    command: 'apiserver-lb',
    serving: /Serving status at (\S+)/,
    args,
    env: { LANG: 'en_US.UTF-8', ...env },
    signal: new AbortController().signal,
    ...(onHop && { onHop }),
  });
}

/** One request over a connection of its own: what is answered, or the code of what went wrong. */
export async function ask(address: string): Promise<string> {
  const sent = request(`https://${address}/`, { agent: false, rejectUnauthorized: false });
  sent.end();
  try {
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    return await text(answer);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

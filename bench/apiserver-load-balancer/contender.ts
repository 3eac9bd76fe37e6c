/** Who balances, started for one kind of traffic. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Contender } from './figures.ts';
import { upstreamPorts, type Traffic } from './upstream.ts';
import { inside, type Network } from './world.ts';

export interface RunningContender extends AsyncDisposable {
  readonly contender: Contender;
  /** Where a client connects. */
  readonly host: string;
  readonly port: number;
  /** The process above all of its own; null where there is none. */
  readonly pid: number | null;
}

export async function startContender(
  contender: Contender,
  options: {
    readonly traffic: Traffic;
    readonly index: number;
    readonly network: Network;
    readonly directory: string;
  },
): Promise<RunningContender> {
  const { traffic, index, network, directory } = options;
  const { machine, balancer, upstreams } = network;
  const port = upstreamPorts[traffic];
  if (contender === 'none') {
    const nothing = () => Promise.resolve();
    const [host = ''] = upstreams;
    return { contender, host, port, pid: null, [Symbol.asyncDispose]: nothing };
  }
  const [execPath = '', ...wrap] = inside(machine);
  const child = fork(
    join(import.meta.dirname, 'contender-main.ts'),
    [contender, traffic, String(index), directory],
    {
      execPath,
      execArgv: [...wrap, process.execPath],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const ended = once(child, 'exit');
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  if (said !== 'serving') throw new Error(`${contender} did not start`);
  return {
    contender,
    host: balancer[0],
    port,
    pid: child.pid ?? null,
    async [Symbol.asyncDispose]() {
      child.disconnect();
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

/** The world, for a process that is in namespaces of its own: the nodes serve, and somebody can balance. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { callsTo } from '../../../kit/testing/calls.ts';
import { balancerMethods, type BalancerAgent } from './balancer-methods.ts';
import { nodeNumbers, type Machine } from './places.ts';
import { worldScript } from './wiring.ts';

export interface BalancerProcess {
  readonly calls: BalancerAgent;
  /** Resolves when it is no more. */
  readonly gone: Promise<unknown>;
  /** It ends with its channel. */
  disconnect(): void;
}

export interface World {
  startBalancer(): Promise<BalancerProcess>;
  /** What a command prints in the load balancer's machine. */
  lookAtBalancer(...command: readonly string[]): string;
}

/** The process ends with its channel, and all of the world with it. */
export async function layWorld(): Promise<World> {
  process.once('disconnect', () => process.exit(0));
  // Where administrators' programs are, though an ordinary user's PATH may lack it.
  process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  execFileSync('sh', ['-ec', worldScript()], { stdio: ['ignore', 'inherit', 'inherit'] });
  await Promise.all(nodeNumbers.map((number) => startNode(number)));
  return {
    startBalancer: async () => {
      const child = startIn('balancer', new URL('balancer-main.ts', import.meta.url), []);
      const gone = once(child, 'exit');
      await once(child, 'message');
      return {
        calls: callsTo<BalancerAgent>(child, balancerMethods),
        gone,
        disconnect: () => {
          if (child.connected) child.disconnect();
        },
      };
    },
    lookAtBalancer: (...command) =>
      execFileSync('nsenter', ['--net=/run/netns/balancer', ...command], { encoding: 'utf8' }),
  };
}

async function startNode(number: number): Promise<void> {
  const machine = `node-${number}` as Machine;
  await once(startIn(machine, new URL('node-main.ts', import.meta.url), [`${number}`]), 'message');
}

function startIn(machine: Machine, main: URL, argv: readonly string[]): ChildProcess {
  const node = [process.execPath, '--max-semi-space-size=2', fileURLToPath(main), ...argv];
  return spawn('nsenter', [`--net=/run/netns/${machine}`, ...node], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

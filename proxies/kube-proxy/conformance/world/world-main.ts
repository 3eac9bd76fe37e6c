/**
 * The node of the world, and the world around it: the first process of namespaces of its own, with which all
 * others end. It is asked through its channel, and ends with it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createAgent, type Agent } from './agent.ts';
import type { Listening } from './answer.ts';
import { callsTo, serveCalls } from '../../../kit/testing/calls.ts';
import { openDataplane } from './node-dataplane.ts';
import { observeFlow, type Prober } from './observe.ts';
import { openObserver } from './observer.ts';
import { leaves, placeOf, type Leaf, type Place } from './places.ts';
import { worldScript } from './wiring.ts';
import type { World } from './world.ts';

process.once('disconnect', () => process.exit(0));
// Where administrators' programs are, though an ordinary user's PATH may lack it.
process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
execFileSync('sh', ['-ec', worldScript()], { stdio: ['ignore', 'inherit', 'inherit'] });

type LeafAgent = Pick<Agent, 'listen' | 'probe' | 'giveUp'>;
const agents: Readonly<Record<Place, LeafAgent>> = {
  node: createAgent(),
  pods: startAgent('pods'),
  'second-node': startAgent('second-node'),
  outside: startAgent('outside'),
};
const observer = await openObserver();
let dataplane: Awaited<ReturnType<typeof openDataplane>> | undefined;

function startAgent(leaf: Leaf): LeafAgent {
  const main = fileURLToPath(new URL('agent-main.ts', import.meta.url));
  const argv = [`--net=/run/netns/${leaf}`, process.execPath, '--max-semi-space-size=1', main];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return callsTo<Agent>(child, ['listen', 'probe', 'giveUp']);
}

async function listen(all: readonly Listening[]): Promise<void> {
  await Promise.all(
    ([...leaves, 'node'] as const).map((place) =>
      agents[place].listen(all.filter(({ address }) => placeOf(address) === place)),
    ),
  );
}

/** An address that the node has for a case alone is the node's. */
function proberAt(address: string): Prober {
  return dataplane?.addresses.includes(address) ? agents.node : agents[placeOf(address)];
}

serveCalls({
  listen,
  open: async (mode, options, node) => {
    dataplane = await openDataplane(mode, options, node);
  },
  sync: (change) => dataplane?.sync(change),
  look: (flow) => observeFlow(flow, proberAt(flow.from), observer),
  close: async () => {
    const closing = dataplane;
    dataplane = undefined;
    await closing?.[Symbol.asyncDispose]();
  },
} satisfies Methods);
process.send?.('ready');

type Methods = {
  readonly [K in Exclude<keyof World, symbol>]: (
    ...given: Parameters<World[K]>
  ) => ReturnType<World[K]> | undefined;
};

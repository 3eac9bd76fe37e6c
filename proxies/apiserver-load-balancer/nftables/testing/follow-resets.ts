/** In a namespace: who hears of a dead backend, and how. */
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { backend, balancer, dataplaneOptions, layNetwork, port, startMachine } from './network.ts';

layNetwork();
const [client, here, a, b] = await Promise.all([
  startMachine('client'),
  startMachine('here'),
  startMachine('a'),
  startMachine('b'),
]);
const logged: string[] = [];
const dataplane = await createNftablesDataplane({
  ...dataplaneOptions,
  log: (line) => logged.push(line),
});
const all = (name: 'a' | 'b') => [backend(name), backend(name, 'IPv6')];
const only = (name: 'a' | 'b') => dataplane.apply({ eligible: all(name), reset: [] });
const dies = (name: 'a' | 'b', other: 'a' | 'b') =>
  dataplane.apply({ eligible: all(other), reset: all(name) });

const paused = await (async () => {
  await only('a');
  const quiet = await client.connect(balancer.IPv4, port);
  const quiet6 = await client.connect(balancer.IPv6, port);
  const talking = await client.connect(balancer.IPv4, port);
  const local = await here.connect(balancer.IPv4, port);
  const local6 = await here.connect(balancer.IPv6, port);
  a.process.kill('SIGSTOP');
  const ends = {
    talking: client.talk(talking.id),
    quiet: client.ended(quiet.id),
    quiet6: client.ended(quiet6.id),
    local: here.ended(local.id),
    local6: here.ended(local6.id),
  };
  await dies('a', 'b');
  const ended = Object.fromEntries(
    await Promise.all(Object.entries(ends).map(async ([name, end]) => [name, await end] as const)),
  );
  a.process.kill('SIGCONT');
  return {
    served: [quiet, quiet6, talking, local, local6].map(({ said }) => said),
    ended,
    backend: await a.allServedEnded(),
  };
})();

const many = await (async () => {
  await only('b');
  const count = 1000;
  const served = await client.connectMany(balancer.IPv4, port, count);
  const { active } = await dataplane.counts();
  const all = client.allEnded();
  const start = performance.now();
  await dies('b', 'a');
  const appliedMs = performance.now() - start;
  const { ends } = await all;
  const tookMs = performance.now() - start;
  const served_ = await b.allServedEnded();
  return {
    served,
    active: active.get(backend('b').name),
    ends: tally(ends),
    backend: tally(served_),
    appliedMs,
    tookMs,
  };
})();

const others = await (async () => {
  await dataplane.apply({ eligible: [...all('a'), ...all('b')], reset: [] });
  const first = await client.connect(balancer.IPv4, port);
  const second = await client.connect(balancer.IPv4, port);
  const [dead, alive] = first.said.startsWith('a') ? [first, second] : [second, first];
  await dies('a', 'b');
  const end = await client.ended(dead.id);
  return {
    said: [first.said, second.said].sort(),
    end,
    alive: await client.say(alive.id, 'hello'),
  };
})();

const { reset } = await dataplane.counts();
await dataplane[Symbol.asyncDispose]();
console.log(JSON.stringify({ paused, many, others, reset, logged }));
for (const machine of [client, here, a, b]) machine.process.disconnect();
process.exit(0);

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

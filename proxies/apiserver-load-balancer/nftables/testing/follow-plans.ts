/** In a namespace: where new connections go, plan after plan, and what is left in the kernel. */
import { execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { ForwardedConnection } from '../../dataplane.ts';
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
const options = { ...dataplaneOptions, log: (line: string) => logged.push(line) };
const nft = (...words: readonly string[]) => execFileSync('nft', words).toString();
const ask = async (family: 'IPv4' | 'IPv6', from = client) => {
  const { id, said } = await from.connect(balancer[family], port);
  if (said.includes(' ')) await from.close(id);
  return said;
};
const asked = async (times: number, family: 'IPv4' | 'IPv6' = 'IPv4') => {
  const said: string[] = [];
  for (let time = 0; time < times; time += 1) said.push(await ask(family));
  return said;
};

const atLoopback = await createNftablesDataplane({
  ...options,
  listen: [{ host: '127.0.0.1', port }],
}).catch(String);
const holder = createServer();
await once(holder.listen(port, '::'), 'listening');
const taken = await createNftablesDataplane(options).catch(String);
await new Promise((resolve) => holder.close(resolve));

const dataplane = await createNftablesDataplane(options);
const untilPlanned = { said: await ask('IPv4'), tables: nft('list', 'tables') };
const another = await createNftablesDataplane({
  ...options,
  listen: [{ host: balancer.IPv4, port: 7443 }],
}).catch(String);
const listening = createServer().listen(port, balancer.IPv4);
const [error] = (await once(listening, 'error')) as [Error];
const stolen = error.message;

const sh = (command: string) => execFileSync('sh', ['-euc', command]);
sh('mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys');
const refused = await dataplane.apply({ eligible: [backend('a')], reset: [] }).catch(String);
sh('umount /proc/sys');

const told: ForwardedConnection[] = [];
const listener = dataplane.onConnection((connection) => told.push(connection));
await listener.ready;
const roundRobin = await (async () => {
  await dataplane.apply({
    eligible: [backend('a'), backend('b'), backend('b', 'IPv6')],
    reset: [],
  });
  return { IPv4: await asked(4), IPv6: await asked(2, 'IPv6'), here: await ask('IPv4', here) };
})();
while (told.length < 7) await new Promise(setImmediate);
listener[Symbol.dispose]();

const loopback = await Promise.all(
  ['127.0.0.1', '::1'].map(async (host) => (await here.connect(host, port)).said),
);

const { id: kept } = await client.connect(balancer.IPv4, port);
await dataplane.apply({ eligible: [backend('b')], reset: [] });
const moved = {
  new: await asked(2),
  kept: await client.say(kept, 'still here'),
  v6: await ask('IPv6'),
};
const live = await dataplane.connections();

await dataplane.apply({ eligible: [], reset: [] });
const nobody = await ask('IPv4');
await dataplane.apply({ eligible: [backend('a'), backend('b')], reset: [] });

const countsBefore = await dataplane.counts();
nft('delete', 'table', 'ip', 'apiserver-lb');
while (!nft('list', 'tables').includes('ip apiserver-lb')) await new Promise(setImmediate);
const repaired = { new: (await asked(2)).toSorted(), kept: await client.say(kept, 'and here') };
const counts = await dataplane.counts();

await dataplane[Symbol.asyncDispose]();
const left = {
  new: await ask('IPv4'),
  kept: await client.say(kept, 'after the end'),
  tables: nft('list', 'tables').trim().split('\n'),
};
const next = await createNftablesDataplane(options);
await next.apply({ eligible: [backend('a')], reset: [] });
const takenOver = { new: await ask('IPv4'), kept: await client.say(kept, 'taken over') };
await next[Symbol.asyncDispose]();

const killed = await (async () => {
  const main = new URL('killed-main.ts', import.meta.url);
  const child = fork(main);
  await once(child, 'message');
  const first = await asked(2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const afterwards = await asked(2);
  await using later = await createNftablesDataplane(options);
  const untilPlanned = await asked(2);
  await later.apply({ eligible: [backend('a')], reset: [] });
  return {
    first: first.toSorted(),
    afterwards: afterwards.toSorted(),
    untilPlanned: untilPlanned.toSorted(),
    planned: await asked(2),
    kept: await client.say(kept, 'survived'),
  };
})();

const last = await createNftablesDataplane(options);
await last.apply({ eligible: [backend('a')], reset: [] });
await client.close(kept);
await client.ended(kept);
while ((await last.connections()).length > 0) await new Promise(setImmediate);
await last[Symbol.asyncDispose]();
const tablesAtEnd = nft('list', 'tables');

console.log(
  JSON.stringify({
    untilPlanned,
    taken,
    stolen,
    roundRobin,
    loopback,
    told,
    moved,
    live,
    refused,
    another,
    atLoopback,
    killed,
    nobody,
    repaired,
    countsBefore,
    counts: { ...counts, active: Object.fromEntries(counts.active) },
    left,
    takenOver,
    tablesAtEnd,
    forwarding: [
      readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim(),
      readFileSync('/proc/sys/net/ipv6/conf/all/forwarding', 'utf8').trim(),
    ],
    logged,
  }),
);
for (const machine of [client, here, a, b]) machine.process.disconnect();
process.exit(0);

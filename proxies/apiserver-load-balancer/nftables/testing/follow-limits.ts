/** In a namespace: connections that are idle, old, unanswered, or dealt out by how many there are. */
import { execFileSync } from 'node:child_process';
import { listConntrack } from '../../../kit/netlink/conntrack.ts';
import type { DataplaneOptions } from '../../dataplane.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { backend, balancer, dataplaneOptions, layNetwork, port, startMachine } from './network.ts';

layNetwork();
const [client, a, b] = await Promise.all([
  startMachine('client'),
  startMachine('a'),
  startMachine('b'),
]);
const nft = (...words: readonly string[]) => execFileSync('nft', words).toString();
const both = [backend('a'), backend('b')];
const start = async (changed: Partial<DataplaneOptions>) => {
  const dataplane = await createNftablesDataplane({ ...dataplaneOptions, ...changed });
  await dataplane.apply({ eligible: both, reset: [] });
  return dataplane;
};
const connect = () => client.connect(balancer.IPv4, port);

const idle = await (async () => {
  await using dataplane = await start({ idleTimeoutMs: 3000 });
  const quiet = await connect();
  const talking = await connect();
  const state = { hasEnded: false };
  const ended = client.ended(quiet.id).finally(() => (state.hasEnded = true));
  while (!state.hasEnded) await client.say(talking.id, 'still here');
  const said = await client.say(talking.id, 'and now');
  await client.close(talking.id);
  return { quiet: await ended, talking: said, reset: (await dataplane.counts()).reset };
})();

const age = await (async () => {
  await using dataplane = await start({ maxConnectionAgeMs: 1000 });
  const { id } = await connect();
  const talking = await client.talk(id);
  return { talking, reset: (await dataplane.counts()).reset };
})();

const leastConnections = await (async () => {
  const dataplane = await start({ balance: 'least-connections' });
  const made = [await connect(), await connect(), await connect(), await connect()];
  for (const { id, said } of made) if (said.startsWith('a')) await client.close(id);
  // Until the kernel is to give the next two to a.
  const next = /0 : 10\.0\.1\.2 \. \d+, 1 : 10\.0\.1\.2 /;
  while (!next.test(nft('list', 'chain', 'ip', 'apiserver-lb', 'balance'))) {
    await new Promise(setImmediate);
  }
  const then = [await connect(), await connect()];
  await dataplane[Symbol.asyncDispose]();
  for (const { id } of [...made, ...then]) await client.close(id);
  return { first: made.map(({ said }) => said.slice(0, 1)), then: then.map(({ said }) => said) };
})();

const unanswered = await (async () => {
  await using dataplane = await start({ balance: 'first-healthy' });
  const drop =
    'add table ip hole; add chain ip hole in { type filter hook input priority 0 ; policy drop ; }';
  execFileSync('ip', ['netns', 'exec', 'a', 'nft', drop]);
  const asking = connect();
  while (!(await isUnanswered())) await new Promise(setImmediate);
  await dataplane.apply({ eligible: [backend('b')], reset: [] });
  const { said } = await asking;
  return said;
})();

const firewall = await (async () => {
  const dataplane = await start({});
  const chain = 'ip firewall forward';
  nft(
    `add table ip firewall; add chain ${chain} { type filter hook forward priority 0 ; policy drop ; };` +
      'add counter ip firewall dropped; add rule ip firewall forward counter name "dropped"',
  );
  const asking = connect();
  while (nft('list counters table ip firewall').includes('packets 0')) {
    await new Promise(setImmediate);
  }
  nft(`insert rule ${chain} accept`);
  const { said } = await asking;
  nft('delete table ip firewall');
  await dataplane[Symbol.asyncDispose]();
  return { said };
})();

async function isUnanswered(): Promise<boolean> {
  const query = { family: 'IPv4', protocol: 'TCP', destinationPort: port } as const;
  for await (const entries of listConntrack({ ...query, backend: backend('a') })) {
    if (entries.some(({ tcpState }) => tcpState === 'SYN_SENT')) return true;
  }
  return false;
}

console.log(JSON.stringify({ idle, age, leastConnections, unanswered, firewall }));
for (const machine of [client, a, b]) machine.process.disconnect();
process.exit(0);

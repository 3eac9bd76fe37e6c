/** In a namespace: what becomes of segments that belong to no connection, or cannot belong to any. */
import { execFileSync } from 'node:child_process';
import type { ConntrackEntry } from '../../../kit/netlink/conntrack-entry.ts';
import { deleteConntrack, listConntrack } from '../../../kit/netlink/conntrack.ts';
import type { Family } from '../../backend.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { backend, balancer, dataplaneOptions, layNetwork, port, startMachine } from './network.ts';

export interface FollowedStray {
  /** How its client's connection ended, and how many segments with data reached its backend afterwards. */
  readonly forgotten: { readonly end: string; readonly reached: number };
  /** Whether each was sent; how many resets came back; how many reached its backend; and what came after. */
  readonly invalid: {
    readonly sent: readonly boolean[];
    readonly resets: readonly number[];
    readonly reached: number;
    readonly alive: string;
  };
}

layNetwork();
const [client, a] = await Promise.all([startMachine('client'), startMachine('a')]);
for (const machine of ['client', 'a']) {
  nft(
    machine,
    'add table inet seen; add chain inet seen in { type filter hook input priority 0 ; };' +
      'add counter inet seen resets; add counter inet seen strays; add counter inet seen heard;' +
      'add rule inet seen in tcp flags & rst == rst counter name "resets";' +
      'add rule inet seen in tcp flags & (fin | syn) == (fin | syn) counter name "strays";' +
      `add rule inet seen in tcp dport ${port} tcp flags & psh == psh counter name "heard"`,
  );
}
const dataplane = await createNftablesDataplane(dataplaneOptions);
await dataplane.apply({ eligible: [backend('a'), backend('a', 'IPv6')], reset: [] });
const followed = { IPv4: await follow('IPv4'), IPv6: await follow('IPv6') };
await dataplane[Symbol.asyncDispose]();
console.log(JSON.stringify(followed satisfies Record<Family, FollowedStray>));
for (const machine of [client, a]) machine.process.disconnect();
process.exit(0);

async function follow(family: Family): Promise<FollowedStray> {
  const { id } = await client.connect(balancer[family], port);
  const [entry] = await tracked(family);
  if (!entry) throw new Error('conntrack knows of no connection');
  const before = [seen('client', 'resets'), seen('a', 'resets')] as const;
  const sent = [
    await client.sendStray(entry.original),
    // As the backend sees it.
    await a.sendStray(entry.reply),
  ];
  // What comes after them, comes after them.
  const alive = await client.say(id, 'alive');
  const invalid = {
    ...{ sent, alive, reached: seen('a', 'strays') },
    resets: [seen('client', 'resets') - before[0], seen('a', 'resets') - before[1]],
  };

  const heard = seen('a', 'heard');
  await deleteConntrack(await tracked(family));
  const end = await client.say(id, 'who are you?');
  return { invalid, forgotten: { end, reached: seen('a', 'heard') - heard } };
}

async function tracked(family: Family): Promise<readonly ConntrackEntry[]> {
  const found: ConntrackEntry[] = [];
  const query = { family, protocol: 'TCP', destinationPort: port } as const;
  for await (const entries of listConntrack(query)) found.push(...entries);
  return found;
}

function seen(machine: string, counter: string): number {
  const listed = nft(machine, `list counter inet seen ${counter}`);
  return Number(/packets (\d+)/.exec(listed)?.[1]);
}

function nft(machine: string, commands: string): string {
  return execFileSync('ip', ['netns', 'exec', machine, 'nft', commands], { encoding: 'utf8' });
}

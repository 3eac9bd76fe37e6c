/** In a namespace: what becomes of tables and routes that somebody takes away, and of commands that fail. */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { routeProtocols } from '../../../kit/l4/local-addresses.ts';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import { createFakeClock } from '../../../kit/testing/fake-clock.ts';
import type { Forwarding } from '../../forwarding.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';

export interface RepairReport {
  /** What it says of a node on no network of this machine, told of twice. */
  readonly unattached: readonly string[];
  /** Each resolved, or is `rejected: …`. */
  readonly failedEnsure: string;
  readonly sameEnsure: string;
  /** The tables' names right after that. */
  readonly tablesAfterSameEnsure: string;
  readonly retriesSaid: number;
}

const run = (...[program = '', ...args]: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8' });
process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
run('ip', 'link', 'set', 'lo', 'up');
run('ip', 'link', 'add', 'net0', 'type', 'veth', 'peer', 'name', 'net1');
run('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'net0');
run('ip', 'address', 'add', 'fd00:192::1/64', 'dev', 'net0', 'nodad');
run('ip', 'link', 'set', 'net1', 'up');
run('ip', 'link', 'set', 'net0', 'up');

const forwardingOf = (name: string, four: string, six: string): Forwarding => ({
  name,
  service: `default/${name}`,
  addresses: [
    { family: 'IPv4', address: four },
    { family: 'IPv6', address: six },
  ],
  mode: 'VIP',
  ports: [{ protocol: 'TCP', port: 80, nodePort: 30_080 }],
  targets: [
    { node: 'near', family: 'IPv4', address: '192.0.2.11' },
    { node: 'near', family: 'IPv6', address: 'fd00:192::11' },
    { node: 'far', family: 'IPv4', address: '198.51.100.7' },
  ],
  sourceRanges: [],
  sessionAffinity: 'None',
});
const shop = forwardingOf('shop', '203.0.113.10', '2001:db8:113::10');
const other = forwardingOf('other', '203.0.113.11', '2001:db8:113::11');

/** In the end the test's patience is over. */
async function untilTrue(look: () => boolean): Promise<void> {
  while (!look()) await delay(20);
}
const outcome = (work: Promise<void>) =>
  work.then(
    () => 'resolved',
    (error: unknown) => `rejected: ${String(error)}`,
  );

const families = ['ip', 'ip6'] as const;
const listTables = () => run('nft', 'list', 'tables');
const hasShop = () =>
  families.every((family) => listTables().includes(`table ${family} cloud-lb\n`)) &&
  run('nft', 'list', 'set', 'ip', 'cloud-lb', 'addresses').includes('203.0.113.10') &&
  run('nft', 'list', 'set', 'ip6', 'cloud-lb', 'addresses').includes('2001:db8:113::10');

const log: string[] = [];
const clock = createFakeClock();
let failures = 0;
const connection = await openNftConnection();
await using dataplane = await createNftablesDataplane({
  addressPools: ['203.0.113.0/24', '2001:db8:113::/64'],
  log: (line) => void log.push(line),
  clock,
  connect: () =>
    Promise.resolve({
      ...connection,
      run: async (text, options) => {
        if (failures === 0) return connection.run(text, options);
        failures -= 1;
        // As when the first of several transactions has been made.
        await connection.run('add table ip cloud-lb\ndelete table ip cloud-lb');
        throw new Error('out of memory');
      },
    }),
});
await dataplane.replaceAll([shop]);
await dataplane.ensure({ ...shop, sessionAffinity: 'ClientIP' });
await dataplane.ensure(shop);
const unattached = log.filter((line) => line.includes(' is not on a network '));

const protocol = String(routeProtocols.cloudLoadBalancerKernel);
const listRouting = () =>
  [
    ...families.flatMap((family) => {
      const flag = family === 'ip' ? '-4' : '-6';
      return [
        run('ip', flag, 'rule', 'show'),
        run('ip', flag, 'route', 'show', 'table', 'all', 'proto', protocol),
      ];
    }),
  ].join('');
const before = listRouting();
for (const [flag, pool] of [
  ['-4', '203.0.113.0/24'],
  ['-6', '2001:db8:113::/64'],
] as const) {
  run('ip', flag, 'rule', 'del', 'pref', '20000');
  run('ip', flag, 'route', 'del', 'unreachable', pool);
  for (const line of listRouting().split('\n')) {
    const table = /^default .* table (\d+)/.exec(line)?.[1];
    const isOfFamily = line.includes('via fd00:') === (flag === '-6');
    if (table !== undefined && isOfFamily) run('ip', flag, 'route', 'flush', 'table', table);
  }
}
if (/192\.0\.2\.11|fd00:192::11|unreachable/.test(listRouting()))
  throw new Error(`Routes are left:\n${listRouting()}`);
await clock.pass(30_000);
await untilTrue(() => listRouting() === before);

// Somebody flushes, and it is there again; somebody else deletes a table, as another repair fails.
run('nft', 'flush', 'ruleset');
await untilTrue(hasShop);
failures = 1;
run('nft', 'delete', 'table', 'ip6', 'cloud-lb');
const retriesOf = () => log.filter((line) => line.endsWith('out of memory; it is tried again'));
await untilTrue(() => retriesOf().length === 1);
await clock.pass(1_000);
await untilTrue(hasShop);

// Neither the change nor the repair behind it can be made.
failures = 2;
const failedEnsure = await outcome(dataplane.ensure(other));
await clock.pass(1_000);
await untilTrue(hasShop);
failures = 2;
await outcome(dataplane.ensure(other));
const sameEnsure = await outcome(dataplane.ensure(shop));
const tablesAfterSameEnsure = listTables();
await dataplane.ensure(other);

console.log(
  JSON.stringify({
    unattached,
    failedEnsure,
    sameEnsure,
    tablesAfterSameEnsure,
    retriesSaid: retriesOf().length,
  } satisfies RepairReport),
);

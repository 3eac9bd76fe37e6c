/**
 * Writes Services into the kernel and says what became of it: a program of its own, because it has a network
 * of its own. Reads what to do from its input.
 */
import { json } from 'node:stream/consumers';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { NftConnection } from '../../../kit/nftables/nft-connection.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import type { Dataplane, DataplaneChange } from '../../dataplane.ts';
import { service, type MadeService } from './made-service.ts';

export interface Orders {
  /** How many Services there are to be, step by step. */
  readonly counts: readonly number[];
  readonly variant:
    | 'ours'
    /** A chain for each Service, beside ours, as upstream makes them. */
    | 'chain-per-service'
    /** The table is thrown away before each change. */
    | 'without-memory'
    /** Elements have no comments. */
    | 'without-comments';
}

export interface Measured {
  readonly steps: readonly {
    readonly services: number;
    readonly chains: number;
    /** Of commands to the kernel, for one endpoint less of one Service, and one more. */
    readonly changeBytes: number;
  }[];
  readonly serviceIPs: string;
  readonly endpoints: string;
}

const table = 'ip kube-proxy';
const { counts, variant } = (await json(process.stdin)) as Orders;
process.stdout.write(JSON.stringify(await measure()));

async function measure(): Promise<Measured> {
  await using kernel = await openNftConnection();
  let writtenBytes = 0;
  const connection: NftConnection = {
    run: (text, options) => {
      writtenBytes += Buffer.byteLength(text);
      return kernel.run(text, options);
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
  await using dataplane = await createNftablesDataplane({
    family: 'IPv4',
    podCIDRs: ['10.244.0.0/16'],
    nodePortIPs: [],
    nodeIPs: ['172.30.0.21'],
    masqueradeBit: 14,
    masqueradeAll: false,
    log: () => undefined,
    connection,
    // No chain that is out of use grows old enough to be removed while we count.
    now: () => 0,
  });
  const steps: Measured['steps'][number][] = [];
  let made = 0;
  for (const count of counts) {
    const added = Array.from({ length: count - made }, (_, index) => service(made + index, 3));
    await dataplane.sync(changed(added));
    if (variant === 'chain-per-service') await addChains(connection, added);
    made = count;
    // The first makes the chain for four endpoints; those that follow find it.
    await changeOne(connection, dataplane);
    const before = writtenBytes;
    await changeOne(connection, dataplane);
    const changeBytes = writtenBytes - before;
    await dataplane.sync(changed([service(0, 3)]));
    steps.push({ services: count, chains: await countChains(connection), changeBytes });
  }
  if (variant === 'without-comments') await removeComments(connection);
  return {
    steps,
    serviceIPs: await connection.run(`list map ${table} service-ips`),
    endpoints: await connection.run(`list map ${table} tcp-endpoints`),
  };
}

/** Takes an endpoint from the first Service, and gives it back. */
async function changeOne(connection: NftConnection, dataplane: Dataplane): Promise<void> {
  await dataplane.sync(changed([service(0, 3)]));
  if (variant === 'without-memory') {
    await connection.run(`delete table ${table}`);
    dataplane.distrust();
  }
  await dataplane.sync(changed([service(0, 4)]));
}

async function countChains(connection: NftConnection): Promise<number> {
  const listed = await connection.run(`list table ${table}`, { json: true, terse: true });
  const { nftables } = JSON.parse(listed) as { readonly nftables: readonly object[] };
  return nftables.filter((one) => 'chain' in one).length;
}

async function addChains(connection: NftConnection, added: readonly MadeService[]): Promise<void> {
  await connection.run(added.map(({ name }) => `add chain ${table} service-${name}`).join('\n'));
}

/** The same elements, without a word on whose they are. */
async function removeComments(connection: NftConnection): Promise<void> {
  const listed = await connection.run(`list map ${table} service-ips`);
  const [, elements = ''] = /elements = \{([^}]*)\}/.exec(listed) ?? [];
  const bare = elements.replace(/ comment "[^"]*"/g, '');
  await connection.run(
    `flush map ${table} service-ips\nadd element ${table} service-ips { ${bare.replace(/\s+/g, ' ')} }`,
  );
}

function changed(ports: DataplaneChange['changed']): DataplaneChange {
  return { changed: ports, removed: [], serviceCIDRs: [] };
}

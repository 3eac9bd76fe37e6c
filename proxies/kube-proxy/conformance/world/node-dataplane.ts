/** The dataplane on the node of the world, for one case. */
import { execFileSync } from 'node:child_process';
import { isIPv6 } from 'node:net';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { DataplaneChange } from '../../dataplane.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import { createUserspaceDataplane } from '../../userspace/userspace-dataplane.ts';
import { createAgent } from './agent.ts';
import type { NodeOptions, WorldMode, WorldOptions } from './world.ts';

export interface NodeDataplane extends AsyncDisposable {
  readonly addresses: readonly string[];
  sync(change: DataplaneChange): Promise<void>;
}

export async function openDataplane(
  mode: WorldMode,
  options: WorldOptions,
  { addresses = [], listeners = [] }: Partial<NodeOptions> = {},
): Promise<NodeDataplane> {
  await using opening = new AsyncDisposableStack();
  opening.use(addAddresses(addresses));
  await opening.use(createAgent()).listen(listeners);
  const sync = opening.use(await start(mode, options));
  const owned = opening.move();
  return {
    addresses,
    sync: (change) => sync.sync(change),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Started = AsyncDisposable & { readonly sync: (change: DataplaneChange) => Promise<void> };

async function start(mode: WorldMode, options: WorldOptions): Promise<Started> {
  if (typeof mode === 'object') return byHand(mode.rules);
  return mode === 'nftables' ? inNftables(options) : inUserspace(options);
}

/** Once it has ended its table goes, too: the next case finds nothing of it. */
async function inNftables(options: WorldOptions): Promise<Started> {
  const connection = await openNftConnection();
  const dataplane = await createNftablesDataplane({ ...options, connection, log: console.error });
  const family = options.family === 'IPv4' ? 'ip' : 'ip6';
  return {
    sync: async (change) => {
      await dataplane.sync(change);
    },
    [Symbol.asyncDispose]: async () => {
      await dataplane[Symbol.asyncDispose]();
      await connection.run(`delete table ${family} kube-proxy`);
      await connection[Symbol.asyncDispose]();
    },
  };
}

async function inUserspace(options: WorldOptions): Promise<Started> {
  const dataplane = await createUserspaceDataplane({ ...options, log: () => undefined });
  return {
    sync: async (change) => {
      await dataplane.sync(change);
    },
    [Symbol.asyncDispose]: () => dataplane[Symbol.asyncDispose](),
  };
}

async function byHand(rules: string): Promise<Started> {
  const connection = await openNftConnection();
  await connection.run(rules);
  return {
    sync: () => Promise.resolve(),
    [Symbol.asyncDispose]: async () => {
      await connection.run('delete table inet by-hand');
      await connection[Symbol.asyncDispose]();
    },
  };
}

function addAddresses(addresses: readonly string[]): Disposable {
  const change = (verb: 'add' | 'del') => {
    for (const address of addresses) {
      const nodad = verb === 'add' && isIPv6(address) ? ['nodad'] : [];
      const prefix = isIPv6(address) ? `${address}/128` : `${address}/32`;
      execFileSync('ip', ['address', verb, prefix, 'dev', 'lo', ...nodad]);
    }
  };
  change('add');
  return { [Symbol.dispose]: () => change('del') };
}

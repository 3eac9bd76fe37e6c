/** Random changes told to a dataplane, and whether what they leave is what a fresh start would make. */
import { readdirSync } from 'node:fs';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { Dataplane } from '../../dataplane.ts';
import { createServiceTracker, type ServiceTracker } from '../../endpoints/service-tracker.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import type { Family } from '../../service-port.ts';
import { nodeIP, nodeIPs, nodeName, podCIDR, serviceCIDR } from '../cases/addresses.ts';
import { inFamily } from '../cases/ipv6.ts';
import { randomChanges, type Change } from './changes.ts';
import { readTable, type TableState } from './table-state.ts';
import { isMadeToFail, watchConnection } from './watched-connection.ts';

export interface ChurnOptions {
  readonly family: Family;
  readonly changes: number;
  readonly seed: number;
}

export interface ChurnReport {
  readonly changes: number;
  readonly syncs: number;
  readonly restarts: number;
  readonly failures: number;
  readonly operations: number;
  readonly tookMs: number;
  /** The slowest sync of a single change, and the one in the middle. */
  readonly slowestMs: number;
  readonly medianMs: number;
  readonly elements: number;
  /** Commands by which a restarted proxy changed the elements that it found: none, if it finds all right. */
  readonly changedByRestart: readonly string[];
  /** What was there, and what a fresh start made. */
  readonly churned: TableState;
  readonly fresh: TableState;
  /** After a fifth of the changes, and at the end. */
  readonly heapBytes: readonly [early: number, late: number];
  readonly openFiles: readonly [early: number, late: number];
}

/** What happens beside changes, once in so many. */
const every = { restart: 500, distrust: 150, failure: 97 } as const;

/** Needs a network namespace of its own, and node's `--expose-gc`. */
export async function churn({ family, changes, seed }: ChurnOptions): Promise<ChurnReport> {
  await using connection = watchConnection(await openNftConnection());
  let clock = 0;
  const world = new Map<string, Change>();
  const ip = family === 'IPv4' ? 'ip' : 'ip6';
  const settings = inFamily(family, {
    podCIDRs: [podCIDR],
    nodePortIPs: [nodeIP],
    nodeIPs,
    serviceCIDRs: [serviceCIDR],
  });
  const { serviceCIDRs } = settings;

  const start = async () => {
    const dataplane = await createNftablesDataplane({
      ...settings,
      family,
      masqueradeBit: 14,
      masqueradeAll: false,
      log: () => undefined,
      connection,
      now: () => clock,
    });
    const tracker = createServiceTracker({ nodeName, families: [family], log: () => undefined });
    for (const change of world.values()) tell(tracker, change);
    return { dataplane, tracker };
  };
  const took: number[] = [];
  let operations = 0;
  let syncs = 0;
  const sync = async ({ dataplane, tracker }: Running) => {
    const { changed, removed } = tracker.takeChanges(family);
    const result = await dataplane.sync({ changed, removed, serviceCIDRs });
    syncs += 1;
    operations += result.operations;
    if (result.kind === 'partial') took.push(result.tookMs);
    return result;
  };

  let running = await start();
  let restarts = 0;
  let early: readonly [heap: number, files: number] = [0, 0];
  const started = performance.now();
  const all = inFamily(family, randomChanges(changes, seed));
  for (const [number, change] of all.entries()) {
    clock += 5;
    connection.takeWritten();
    world.set(`${change.of} ${change.key}`, change);
    tell(running.tracker, change);
    if (isTurn(number, every.distrust)) running.dataplane.distrust();
    if (isTurn(number, every.failure)) connection.failNext();
    try {
      await sync(running);
    } catch (error) {
      if (!isMadeToFail(error)) throw error;
      await sync(running);
    }
    if (isTurn(number, every.restart)) {
      await running.dataplane[Symbol.asyncDispose]();
      running = await start();
      restarts += 1;
    }
    if (number === Math.floor(changes / 5)) early = weigh();
  }
  const tookMs = performance.now() - started;
  await sync(running);
  // Chains that nothing leads to rest a while before they go.
  clock += 10_000;
  await sync(running);
  const late = weigh();

  await running.dataplane[Symbol.asyncDispose]();
  const churned = await readTable(connection, ip);
  connection.takeWritten();
  const restarted = await start();
  await sync(restarted);
  await restarted.dataplane[Symbol.asyncDispose]();
  const commands = connection.takeWritten().flatMap((text) => text.split('\n'));

  await connection.run(`delete table ${ip} kube-proxy`);
  const anew = await start();
  await sync(anew);
  const fresh = await readTable(connection, ip);
  await anew.dataplane[Symbol.asyncDispose]();

  took.sort((a, b) => a - b);
  return {
    // Held until here: what is left to tell weighs, too.
    changes: all.length,
    failures: connection.failures,
    ...{ syncs, restarts, operations, tookMs },
    slowestMs: took.at(-1) ?? 0,
    medianMs: took[Math.floor(took.length / 2)] ?? 0,
    elements: Object.entries(churned).reduce(
      (sum, [name, lines]) => sum + (name.startsWith('elements') ? lines.length : 0),
      0,
    ),
    changedByRestart: commands.filter(isOfElements),
    churned,
    fresh,
    heapBytes: [early[0], late[0]],
    openFiles: [early[1], late[1]],
  };
}

interface Running {
  readonly dataplane: Dataplane;
  readonly tracker: ServiceTracker;
}

function tell(tracker: ServiceTracker, change: Change): void {
  if (change.of === 'service') tracker.serviceChanged(change.object, change.key);
  else tracker.sliceChanged(change.object, change.key);
}

function isOfElements(command: string): boolean {
  return /^(add|delete) element /.test(command);
}

function isTurn(number: number, once: number): boolean {
  return number % once === once - 1;
}

function weigh(): readonly [heap: number, files: number] {
  globalThis.gc?.();
  return [process.memoryUsage().heapUsed, readdirSync('/proc/self/fd').length];
}

/**
 * Three apiservers: each gets its share of new connections. One is killed, another says that it is not ready,
 * and the third serves on. Refuted by a load balancer that sends everything to the first.
 */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { balancesClaim } from '../facts/claims.ts';
import { balancedWorld, balancer, type BalancedWorld } from './balanced-world.ts';
import { causeOf, get, watch } from './client.ts';
import { startConnector } from './connector.ts';
import { untilInARow } from './in-a-row.ts';
import { makeHappen, watchedPath, type OwnApiserver } from './own-cluster.ts';

const { values } = balancesClaim;
const atATime = 6;
const patienceMs = 5000;
/** Until a row is there. */
const limits = { inARow: values.inARow, mostFailed: 100, withinMs: 6000 };
/** An apiserver that is late with an answer is spared for a moment: then all are counted again. */
const mostCounts = 3;

export const balances = defineProof({
  claimed: (laboratory) => balancedWorld(laboratory, values.apiservers, balancer()),
  refuted: (laboratory) =>
    balancedWorld(laboratory, values.apiservers, ({ apiservers: [first] }) =>
      startConnector(first ? [first.backend] : []),
    ),
  probe: async (world, notebook: Notebook) => {
    const { apiservers, place } = world;
    const { chiSquareLimit, oneIn, inARow } = values;
    let counts = await countOf(world);
    for (let count = 1; count < mostCounts && Math.min(...counts) === 0; count += 1) {
      counts = await countOf(world);
    }
    notebook.check(Math.min(...counts) > 0, 'every', {
      counts: counts.map(String),
      apiservers: values.apiservers,
    });
    const chiSquare = Math.round(pearson(counts) * 100) / 100;
    notebook.check(chiSquare < chiSquareLimit, 'even', { chiSquare, chiSquareLimit, oneIn });

    using watching = await watch(place, watchedPath, patienceMs);
    const draining = watchedAt(apiservers);
    const [killed, last] = apiservers.filter((one) => one !== draining);
    if (!killed || !last) throw new Error('there are not three apiservers');

    await killed.wire.cut();
    const row = { place, patienceMs, ...limits };
    const { isThere, failed, cause } = await untilInARow(row);
    notebook.check(isThere, 'killed', { inARow, failed, cause });

    draining.apiserver.setReady(false);
    const drained = await untilInARow({ ...row, isRight: servedBy(last) });
    notebook.check(drained.isThere, 'drained', { inARow });

    await makeHappen(world, 'after');
    const told = await watching.next(patienceMs).catch(causeOf);
    notebook.check(told === 'after', 'watch', { cause: told });
  },
});

/** How many of many connections came to each apiserver. */
async function countOf({ apiservers, place }: BalancedWorld): Promise<readonly number[]> {
  let left: number = values.connections;
  const fingerprints: string[] = [];
  const connect = async () => {
    while (left > 0) {
      left -= 1;
      const { status, fingerprint256, cause } = await get(place, '/version', patienceMs);
      if (status !== 200) throw new Error(`a connection was answered with ${status} ${cause}`);
      fingerprints.push(fingerprint256);
    }
  };
  await Promise.all(Array.from({ length: atATime }, connect));
  return apiservers.map(
    ({ apiserver }) => fingerprints.filter((one) => one === apiserver.fingerprint256).length,
  );
}

/** Whom the watch has come to. */
function watchedAt(apiservers: readonly OwnApiserver[]): OwnApiserver {
  const found = apiservers.find(({ apiserver }) =>
    apiserver.requests.some(({ target }) => target === watchedPath),
  );
  if (!found) throw new Error('the watch has come to no apiserver');
  return found;
}

function servedBy({ apiserver }: OwnApiserver) {
  return ({ fingerprint256 }: { readonly fingerprint256: string }) =>
    fingerprint256 === apiserver.fingerprint256;
}

/** How far counts are from being equal: Pearson's χ². */
function pearson(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

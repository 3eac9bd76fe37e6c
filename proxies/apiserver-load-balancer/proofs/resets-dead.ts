/**
 * A watch whose apiserver falls silent: it breaks, and a new one is served by another apiserver. Refuted by a
 * load balancer that passes bytes on and asks nobody.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { resetsDeadClaim } from '../facts/claims.ts';
import { balancedWorld, balancer } from './balanced-world.ts';
import { causeOf, watch } from './client.ts';
import { startConnector } from './connector.ts';
import { makeHappen, watchedPath } from './own-cluster.ts';

const { seconds } = resetsDeadClaim.values;
const patienceMs = 5000;

export const resetsDead = defineProof({
  claimed: (laboratory) => balancedWorld(laboratory, 2, balancer({ checkTimeoutMs: 400 })),
  refuted: (laboratory) =>
    balancedWorld(laboratory, 2, ({ apiservers }) =>
      startConnector(apiservers.map(({ backend }) => backend)),
    ),
  probe: async (world, notebook: Notebook, { signal }) => {
    const { apiservers, place } = world;
    const name = 'before';
    await makeHappen(world, name);
    using watching = await watch(place, watchedPath, patienceMs);
    const told = await watching.next(patienceMs).catch(causeOf);
    notebook.check(told === name, 'watching', { name, cause: told });
    const watched = apiservers.find(({ apiserver }) =>
      apiserver.requests.some(({ target }) => target === watchedPath),
    );
    if (!watched) throw new Error('the watch has come to no apiserver');

    const silentAt = performance.now();
    watched.wire.hush();
    const cause = await Promise.race([watching.ended, pause(seconds * 1000, null, { signal })]);
    const tookMs = Math.round(performance.now() - silentAt);
    notebook.check(cause !== null, 'broken', { seconds, tookMs, cause: cause ?? '' });

    using another = await watch(place, watchedPath, patienceMs).catch(() => null);
    const toldAgain = await (another?.next(patienceMs).catch(causeOf) ?? 'ETIMEDOUT');
    notebook.check(toldAgain === name, 'again', { cause: toldAgain });
  },
});

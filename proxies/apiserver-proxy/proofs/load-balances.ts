/**
 * Many requests over three ready pods and one that is not: everybody gets a fair share, by Pearson's
 * test. Refuted by a pod in the Service's place.
 */
import { Agent } from 'node:https';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { loadBalancesClaim } from '../facts/claims.ts';
import { ask } from './ask.ts';
import { makePod, makeService, namespace } from './cluster-objects.ts';
import { clusterWorld } from './cluster-world.ts';
import { freePort } from './free-port.ts';

const { values } = loadBalancesClaim;
const inFlight = 10;

export const loadBalances = defineProof({
  claimed: (laboratory) => world(laboratory, 'services/web:http'),
  refuted: (laboratory) => world(laboratory, 'pods/web-0'),
  probe: async ({ apiserver, targets, asked }, notebook: Notebook, { signal }) => {
    const { requests, endpoints, chiSquareLimit, doubt } = values;
    const path = `/api/v1/namespaces/${namespace}/${asked}/proxy/`;
    const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
    try {
      const all = Array.from({ length: requests }, () => ask(apiserver, { path }, signal, agent));
      await Promise.all(all);
    } finally {
      agent.destroy();
    }
    const counts = targets.slice(0, endpoints).map((target) => target.requests.length);
    const unready = targets.at(-1)?.requests.length ?? 0;
    const total = counts.reduce((sum, count) => sum + count, 0) + unready;
    if (total !== requests) throw new Error(`${total} of ${requests} requests arrived`);

    notebook.check(Math.min(...counts) > 0, 'every', { counts: counts.map(String), endpoints });
    const chiSquare = Math.round(pearson(counts) * 100) / 100;
    notebook.check(chiSquare < chiSquareLimit, 'even', {
      chiSquare,
      chiSquareLimit,
      oneIn: Math.round(1 / doubt),
    });
    notebook.check(unready === 0, 'unready', { count: unready });
  },
});

/** How far counts are from being equal: Pearson's χ². */
function pearson(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** All on one port, as the endpoints of a Service are; so each needs an address of its own. */
async function world(laboratory: Laboratory, asked: string) {
  const port = await freePort();
  const options = ['web-0', 'web-1', 'web-2', 'web-3'].map((name, index) => ({
    name,
    host: `127.0.0.${index + 10}`,
    port,
  }));
  const made = await clusterWorld({ laboratory }, options, async (client, targets) => {
    for (const target of targets) await makePod(client, target);
    await makeService(client, {
      name: 'web',
      ports: { http: port },
      ready: targets.slice(0, values.endpoints),
      unready: targets.slice(values.endpoints),
    });
  });
  return { ...made, asked };
}

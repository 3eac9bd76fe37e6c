/**
 * A pod redirects to a path of its own, and to another host. Refuted by the way around that ours has:
 * `X-Hop-Rewrite: none`.
 */
import type { RequestListener } from 'node:http';
import { defineProof, type Notebook } from '../../../kit/proof.ts';
import { ask } from '../../proofs/ask.ts';
import { makePod, namespace } from '../../proofs/cluster-objects.ts';
import { clusterWorld, type Surroundings } from '../../proofs/cluster-world.ts';

const prefix = `/api/v1/namespaces/${namespace}/pods/web-0/proxy`;
const elsewhere = 'http://other.example/target';
const locations: Readonly<Record<string, string>> = { '/own': '/target', '/other': elsewhere };

export const passedOn = defineProof({
  claimed: (laboratory, { hop }) => world({ laboratory, onHop: hop }, {}),
  refuted: (laboratory, { hop }) => world({ laboratory, onHop: hop }, { 'X-Hop-Rewrite': 'none' }),
  probe: async ({ apiserver, headers }, notebook: Notebook, { signal }) => {
    const own = await ask(apiserver, { path: `${prefix}/own`, headers }, signal);
    const to = own.headers.location ?? '';
    const from = locations['/own'] ?? '';
    const isPassedOn = own.status === 302 && to === `${prefix}${from}`;
    notebook.check(isPassedOn, 'passed', { status: own.status, from, to });

    const arrival = await ask(apiserver, { path: to, headers }, signal);
    const { status } = arrival;
    notebook.check(status === 200 && arrival.body === 'web-0', 'arrives', { to, status });

    const other = await ask(apiserver, { path: `${prefix}/other`, headers }, signal);
    const { location = '' } = other.headers;
    notebook.check(location === elsewhere, 'other-host', { to: location });
  },
});

async function world(surroundings: Surroundings, headers: Readonly<Record<string, string>>) {
  const pod = { name: 'web-0', answer: redirect };
  const made = await clusterWorld(surroundings, [pod], async (client, [target]) => {
    if (target) await makePod(client, target);
  });
  return { ...made, headers };
}

const redirect: RequestListener = ({ url = '' }, response) => {
  const location = locations[url];
  if (location === undefined) response.end('web-0');
  else response.writeHead(302, { Location: location }).end();
};

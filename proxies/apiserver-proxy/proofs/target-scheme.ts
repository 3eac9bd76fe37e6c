/**
 * One pod with two ports: the name says whether TLS is spoken to it. Refuted where the port behind
 * `https:` speaks plain HTTP.
 */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { ask, messageOf } from './ask.ts';
import { makePod, makeService, namespace } from './cluster-objects.ts';
import { clusterWorld, type Surroundings } from './cluster-world.ts';

export const targetScheme = defineProof({
  claimed: (laboratory, { hop }) => world({ laboratory, onHop: hop }, { isTls: true }),
  refuted: (laboratory, { hop }) => world({ laboratory, onHop: hop }, { isTls: false }),
  probe: async ({ apiserver, targets: [plain, secure] }, notebook: Notebook, { signal }) => {
    for (const name of ['web:plain', 'http:web:plain']) {
      const path = `/api/v1/namespaces/${namespace}/services/${name}/proxy/${name}`;
      const { status } = await ask(apiserver, { path }, signal);
      const seen = plain?.requests.find((request) => request.path === `/${name}`);
      notebook.check(status === 200 && seen?.tls === null, 'plain', { name, status });
    }
    const name = 'https:web:secure';
    const path = `/api/v1/namespaces/${namespace}/services/${name}/proxy/`;
    const answer = await ask(apiserver, { path }, signal);
    const tls = secure?.requests[0]?.tls;
    const isAsClaimed = answer.status === 200 && tls?.clientCertificate === '';
    notebook.check(isAsClaimed, 'tls', {
      name,
      status: answer.status,
      version: tls?.version ?? '',
      message: messageOf(answer),
    });
  },
});

function world(surroundings: Surroundings, { isTls }: { readonly isTls: boolean }) {
  const options = [{ name: 'plain' }, { name: 'secure', isTls }];
  return clusterWorld(surroundings, options, async (client, [plain, secure]) => {
    if (!plain || !secure) throw new Error('a target is missing');
    const pod = { ...plain, name: 'web-0' };
    await makePod(client, pod);
    const ports = { plain: plain.port, secure: secure.port };
    await makeService(client, { name: 'web', ports, ready: [pod] });
  });
}

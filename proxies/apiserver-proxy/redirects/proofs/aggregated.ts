/**
 * Upstream's own table of answers (specification 2.8), through the proxy as it stands before aggregated
 * API servers. Refuted by the proxy as it stands before pods.
 */
import { defineProof, type Notebook } from '../../../kit/proof.ts';
import { ask } from '../../proofs/ask.ts';
import { bareWorld } from '../../proofs/bare-proxy.ts';
import { namespace } from '../../proofs/cluster-objects.ts';

const location = '/elsewhere';

/** TestRejectForwardingRedirectsOption. */
const cases = [
  { backend: 200, hasLocation: false, expected: 200 },
  { backend: 301, hasLocation: true, expected: 502 },
  { backend: 304, hasLocation: true, expected: 502 },
  { backend: 304, hasLocation: false, expected: 304 },
] as const;

export const aggregated = defineProof({
  claimed: () => world({ rejectsRedirects: true }),
  refuted: () => world({ rejectsRedirects: false }),
  probe: async ({ apiserver }, notebook: Notebook, { signal }) => {
    for (const [index, { backend, hasLocation, expected }] of cases.entries()) {
      const path = `/api/v1/namespaces/${namespace}/pods/api-server/proxy/${index}`;
      const { status } = await ask(apiserver, { path }, signal);
      const key = hasLocation ? 'refused' : 'passed';
      notebook.check(status === expected, key, { backend, status, expected });
    }
  },
});

function world(options: { readonly rejectsRedirects: boolean }) {
  return bareWorld(
    {
      name: 'api-server',
      answer: ({ url = '' }, response) => {
        const { backend, hasLocation } = cases[Number(url.slice(1))] ?? cases[0];
        response.writeHead(backend, hasLocation ? { Location: location } : {}).end();
      },
    },
    options,
  );
}

/**
 * The paths that once redirected, and the subresource that took their place. Refuted by a server that
 * still redirects.
 */
import { defineProof, type Notebook } from '../../../kit/proof.ts';
import { ask, messageOf, type Asked } from '../../proofs/ask.ts';
import { startApiserverLike } from '../../proofs/apiserver-like.ts';
import { makeNode } from '../../proofs/cluster-objects.ts';
import { clusterWorld } from '../../proofs/cluster-world.ts';

interface ReplacedWorld extends AsyncDisposable {
  readonly apiserver: Asked;
}

const kubelet = 'the kubelet';
const old = ['/api/v1/redirect/nodes/the-node', '/api/v1/proxy/nodes/the-node/'] as const;
const current = '/api/v1/nodes/the-node/proxy/';

export const replaced = defineProof<ReplacedWorld>({
  claimed: (laboratory, { hop: onHop }) =>
    clusterWorld(
      { laboratory, onHop },
      [{ name: kubelet, isTls: true }],
      async (client, [node]) => {
        if (node) await makeNode(client, { ...node, name: 'the-node' });
      },
    ),
  refuted: async () => {
    const server = await startApiserverLike((_request, response) => {
      response.writeHead(307, { Location: 'http://172.30.0.21:10250' }).end();
    });
    return { apiserver: server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  },
  probe: async ({ apiserver }, notebook: Notebook, { signal }) => {
    for (const path of old) {
      const answer = await ask(apiserver, { path }, signal);
      const { status, headers } = answer;
      const message = messageOf(answer);
      notebook.check(status === 404, 'gone', {
        path,
        status,
        message,
        location: headers.location ?? '',
      });
    }
    const { status, body } = await ask(apiserver, { path: current }, signal);
    const isAnswered = status === 200 && body === kubelet;
    notebook.check(isAnswered, 'proxied', { path: current, status, by: body });
  },
});

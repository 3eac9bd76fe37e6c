/** What the client asks is what the apiserver is asked, escapes and all. Refuted by an apiserver that is gone. */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { kubectlProxy } from '../descriptor.ts';
import { apiserverWorld } from './apiserver-world.ts';
import { sendRaw } from './raw-request.ts';

const target = String(
  kubectlProxy.claims.find(({ id }) => id === 'kubectl-proxy.to-apiserver')?.values.target,
);

export const toApiserver = defineProof({
  claimed: (laboratory, notebook) => apiserverWorld(laboratory, notebook),
  refuted: async (laboratory, notebook) => {
    const world = await apiserverWorld(laboratory, notebook);
    await world.apiserver[Symbol.asyncDispose]();
    return world;
  },
  probe: async ({ apiserver, proxy }, notebook: Notebook) => {
    const answer = await sendRaw(proxy, { target });
    const received = apiserver.requests.map((request) => request.target);
    notebook.check(received.includes(target), 'arrived', {
      sent: target,
      received,
      status: answer.status,
    });
    notebook.check(answer.status === 200, 'answered', { status: answer.status });
  },
});

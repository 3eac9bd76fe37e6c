/** The apiserver is reached over TLS, and has to prove who it is. Refuted by trusting another authority. */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { apiserverWorld } from './apiserver-world.ts';
import { sendRaw } from './raw-request.ts';

export const apiserverHttps = defineProof({
  claimed: (laboratory, notebook) => apiserverWorld(laboratory, notebook),
  refuted: async (laboratory, notebook) => {
    const stranger = await laboratory.startApiserver();
    const world = await apiserverWorld(laboratory, notebook, {
      kubeconfig: (apiserver) =>
        apiserver.kubeconfig({ cluster: { 'certificate-authority-data': btoa(stranger.caPem) } }),
    });
    await stranger[Symbol.asyncDispose]();
    return world;
  },
  probe: async ({ apiserver, proxy }, notebook: Notebook) => {
    const answer = await sendRaw(proxy, { target: '/version' });
    const received = apiserver.requests.find((request) => request.target === '/version');
    notebook.check(answer.status === 200, 'trusted', {
      status: answer.status,
      body: answer.status === 200 ? '' : answer.body.trim(),
    });
    notebook.check(received?.tls != null, 'over-tls', {
      version: received?.tls?.version ?? '',
      clientCertificate: received?.tls?.clientCertificate ?? '',
    });
  },
});

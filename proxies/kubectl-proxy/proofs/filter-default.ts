/** Upstream's own table of what the default lists let through, over the wire. Refuted by `--disable-filter`. */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { acceptCases } from '../accept-cases.ts';
import { kubectlProxy } from '../descriptor.ts';
import { apiserverWorld } from './apiserver-world.ts';
import { sendRaw } from './raw-request.ts';

const forbidden = kubectlProxy.errors.find(({ id }) => id === 'forbidden');

export const filterDefault = defineProof({
  claimed: (laboratory, notebook) => apiserverWorld(laboratory, notebook),
  refuted: (laboratory, notebook) =>
    apiserverWorld(laboratory, notebook, { args: ['--disable-filter'] }),
  probe: async ({ apiserver, proxy }, notebook: Notebook) => {
    let accepted = 0;
    for (const { method, path, host, isAccepted } of acceptCases) {
      const before = apiserver.requests.length;
      const answer = await sendRaw(proxy, { method, target: path, host });
      const isPassedOn = apiserver.requests.length > before;
      if (isAccepted) {
        accepted += 1;
        notebook.check(isPassedOn, 'accepted', { method, path, host, status: answer.status });
      } else {
        const isRefused =
          answer.status === forbidden?.status && answer.body === forbidden.body && !isPassedOn;
        notebook.check(isRefused, 'refused', { method, path, host, status: answer.status });
      }
    }
    notebook.saw('counted', { accepted, refused: acceptCases.length - accepted });
  },
});

/** As many chains for many Services as for few. Refuted by a chain for each of them. */
import { defineProof, type Laboratory, type Notebook } from '../../../kit/proof.ts';
import { constantChainsClaim } from '../claims.ts';
import { inOwnNetwork } from './in-own-network.ts';

const { few, many, table } = constantChainsClaim.values;

export const constantChains = defineProof({
  claimed: (laboratory) => world(laboratory, 'ours'),
  refuted: (laboratory) => world(laboratory, 'chain-per-service'),
  probe: async (kernel, notebook: Notebook) => {
    const [before, after] = (await kernel.measure()).steps;
    if (!before || !after) throw new Error('nothing was measured');
    notebook.saw('few', { services: before.services, chains: before.chains, table });
    notebook.check(after.chains === before.chains, 'many', {
      services: after.services,
      chains: after.chains,
    });
  },
});

async function world({ signal }: Laboratory, variant: 'ours' | 'chain-per-service') {
  return inOwnNetwork({ counts: [few, many], variant }, signal);
}

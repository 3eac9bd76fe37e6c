/** One change is as much to write among many Services as among few. Refuted by a table that is written anew. */
import { defineProof, type Laboratory, type Notebook } from '../../../kit/proof.ts';
import { smallChangesClaim } from '../claims.ts';
import { inOwnNetwork } from './in-own-network.ts';

const { few, many } = smallChangesClaim.values;

export const smallChanges = defineProof({
  claimed: (laboratory) => world(laboratory, 'ours'),
  refuted: (laboratory) => world(laboratory, 'without-memory'),
  probe: async (kernel, notebook: Notebook) => {
    const [before, after] = (await kernel.measure()).steps;
    if (!before || !after) throw new Error('nothing was measured');
    notebook.saw('few', { services: before.services, sizeBytes: before.changeBytes });
    notebook.check(after.changeBytes === before.changeBytes, 'many', {
      services: after.services,
      sizeBytes: after.changeBytes,
    });
  },
});

async function world({ signal }: Laboratory, variant: 'ours' | 'without-memory') {
  return inOwnNetwork({ counts: [few, many], variant }, signal);
}

/**
 * From outside of the lab's cluster: a pod answers through the apiserver, to those it knows, and in no
 * other way. Refuted by a client that stands inside, where the direct way is open.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { askFrom } from './on-machine.ts';
import { runningLab } from './running-lab.ts';

export const bastion = defineProof({
  claimed: (laboratory) => world(laboratory, 'outside'),
  refuted: (laboratory) => world(laboratory, 'inside'),
  probe: async ({ machines, administrator, pod, place }, notebook: Notebook) => {
    const from = machines[place];
    const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/proxy/`;
    const wrong = { Authorization: 'Bearer of-nobody' };
    const [known, unknown, nobody, direct] = await askFrom(
      from,
      machines,
      administrator,
      [
        { path, as: 'administrator' },
        { path, as: 'nobody', headers: wrong },
        { path, as: 'nobody' },
        { host: pod.address, port: pod.port },
      ],
      notebook.hop,
    );
    if (!known || !unknown || !nobody || !direct) throw new Error('not all were answered');
    notebook.check(known.status === 200 && known.body.includes(pod.name), 'admitted', {
      pod: pod.name,
      status: known.status,
      apiserver: new URL(machines.server).host,
    });
    notebook.check(unknown.status === 401, 'wrong-credentials', { status: unknown.status });
    notebook.check([401, 403].includes(nobody.status), 'no-credentials', { status: nobody.status });
    notebook.check(direct.status === 0, 'direct', {
      from,
      address: `${pod.address}:${pod.port}`,
      cause: direct.cause,
    });
  },
});

async function world(laboratory: Laboratory, place: 'outside' | 'inside') {
  return { ...(await runningLab(laboratory)), place };
}

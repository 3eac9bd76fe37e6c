/**
 * A client outside of the running lab, and what a pod sees of it. Refuted by a load balancer that connects to nodes
 * itself.
 */
import { collectHops } from '../../kit/collect-hops.ts';
import { flowName } from '../../kit/connect-request.ts';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { connectFromOutside } from './from-outside.ts';

export const clientAddress = defineProof({
  claimed: (laboratory) => world(laboratory, 'platform/echo-kept'),
  refuted: (laboratory) => world(laboratory, 'platform/echo-proxied'),
  probe: async ({ machines, service }, notebook: Notebook, { signal }) => {
    using hops = collectHops(machines, notebook.hop);
    await hops.ready;
    const asked = { protocol: 'TCP', service, port: 'tcp' } as const;
    const outcome = await connectFromOutside(machines, asked, signal);
    const { backend, local, remote, result: cause } = outcome;
    const client = local ?? '';
    const { pod = '', node = '', peer = '' } = backend ?? {};
    notebook.check(backend !== null, 'answered', { client, remote, pod, node, cause });
    if (local !== null) await hops.of([flowName('TCP', local)]);
    notebook.check(peer === local, 'kept', { peer, client });
  },
});

async function world({ machines }: Laboratory, service: string) {
  if (!machines) throw new Error('the lab has no machines with networks of their own');
  // Nothing of the lab is ours to end.
  return { machines, service, [Symbol.asyncDispose]: async () => undefined };
}

/**
 * From outside of the cluster: everything works through the load balancer, and there is no way around it.
 * Refuted by a node of the cluster, from where the apiservers can be reached.
 */
import { collectHops } from '../../kit/collect-hops.ts';
import { flowName } from '../../kit/connect-request.ts';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { labTraveller } from './lab-trip.ts';

export const inFront = defineProof({
  claimed: (laboratory) => world(laboratory, 'outside'),
  refuted: (laboratory) => world(laboratory, 'inside'),
  probe: async ({ machines, pod, from, travel }, notebook: Notebook) => {
    const { host: balancer, href } = new URL(machines.server);
    const server = href.replace(/\/$/, '');
    using hops = collectHops(machines, notebook.hop);
    await hops.ready;
    const { travelled, dialled } = await travel(from, balancer, machines.apiservers);
    const { answer, watched, executed } = travelled;
    const { status } = answer;
    notebook.check(status === 200, 'answered', { from, server, status, cause: answer.cause });
    notebook.check(watched.name !== '', 'watched', { ...watched });
    const { said } = executed;
    notebook.check(said === pod, 'executed', { pod, said, cause: executed.cause });
    const ends = [answer, watched, executed].map(({ local }) => flowName('TCP', local));
    await hops.of(ends);

    for (const [index, address] of machines.apiservers.entries()) {
      const { cause = 'untried', tookMs = 0 } = dialled[index] ?? {};
      notebook.check(cause !== '', 'closed', { from, address, tookMs, cause });
      // A packet that is lost would say the same, and keep clients waiting.
      if (cause === 'ETIMEDOUT') notebook.check(false, 'told', { from, address, tookMs });
    }
  },
});

async function world(laboratory: Laboratory, where: 'outside' | 'inside') {
  const traveller = await labTraveller(laboratory);
  const { machines } = traveller;
  if (machines.apiservers.length === 0)
    throw new Error('the lab does not say where its apiservers are');
  // Nothing of the lab is ours to end.
  return { ...traveller, from: machines[where], [Symbol.asyncDispose]: async () => undefined };
}

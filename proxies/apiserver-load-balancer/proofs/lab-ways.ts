/** The way into the running lab, where its machines have networks of their own: there the kernel balances. */
import { collectHops } from '../../kit/collect-hops.ts';
import { flowName } from '../../kit/connect-request.ts';
import type { Hop } from '../../kit/hop.ts';
import type { Laboratory } from '../../kit/proof.ts';
import { labTraveller } from './lab-trip.ts';
import type { Way } from './way.ts';

/**
 * None where there is no such lab.
 *
 * @param program what the lab's load balancer is called; what moves its bytes is added
 */
export async function labWays(
  laboratory: Laboratory,
  program: string,
  onHop: (hop: Hop) => void,
): Promise<readonly Way[]> {
  if (!laboratory.machines) return [];
  const { machines, pod, travel } = await labTraveller(laboratory);
  const [apiserver = ''] = machines.apiservers;
  const server = new URL(machines.server).host;
  let dataplane = '';
  using hops = collectHops(machines, (hop) => {
    const { dataplane: told } = hop.decision.values;
    if (typeof told === 'string') dataplane = told;
    onHop(hop);
  });
  await hops.ready;
  const [direct, { travelled }] = await Promise.all([
    travel(machines.inside, apiserver),
    travel(machines.outside, server),
  ]);
  await hops.of([flowName('TCP', travelled.answer.local)]);
  return [
    {
      name: [program, dataplane].filter(Boolean).join(' '),
      expects: { fingerprints: [direct.travelled.answer.fingerprint256], says: pod },
      go: () => Promise.resolve(travelled),
    },
  ];
}

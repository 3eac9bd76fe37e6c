/**
 * Many connections to a Service with three pods: everybody gets a fair share, by Pearson's test. With
 * affinity, one gets all. Refuted by the address of a pod in the Service's place.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import type { ConnectOutcome, ConnectTarget } from '../../kit/connect-request.ts';
import { loadBalancesClaim } from '../facts/claims.ts';
import { clientPods, patienceMs, runningLab } from './running-lab.ts';

const { values } = loadBalancesClaim;
const balanced = { service: 'platform/echo', port: 'lines', podPort: 7070 } as const;
const sticky = { service: 'platform/echo-sticky', port: 'tcp' } as const;
const atATime = 8;

export const loadBalances = defineProof({
  claimed: (laboratory) =>
    world(laboratory, () => ({ service: balanced.service, port: balanced.port, family: 'IPv4' })),
  refuted: (laboratory) => world(laboratory, (address) => ({ address, port: balanced.podPort })),
  probe: async ({ machines, client, to, pods, stickyPods }, notebook: Notebook) => {
    const connect = (target: ConnectTarget, count: number, concurrency: number) =>
      machines.connect(
        { pod: client },
        { protocol: 'TCP', to: target, count, concurrency, timeoutMs: patienceMs },
      );
    const answering = (await connect(to, values.connections, atATime)).map(podOf);
    const counts = pods.map((pod) => answering.filter((one) => one === pod).length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total !== values.connections) throw new Error(`${total} of ${values.connections} arrived`);

    const { endpoints, chiSquareLimit, oneIn } = values;
    notebook.check(Math.min(...counts) > 0, 'every', { counts: counts.map(String), endpoints });
    const chiSquare = Math.round(pearson(counts) * 100) / 100;
    notebook.check(chiSquare < chiSquareLimit, 'even', { chiSquare, chiSquareLimit, oneIn });

    // One after the other: until the first is sent on, nobody knows where the next belongs.
    const stuck = new Set((await connect(sticky, values.sticky, 1)).map(podOf));
    const [pod = ''] = stuck;
    notebook.check(stuck.size === 1, 'sticky', {
      connections: values.sticky,
      service: sticky.service,
      pod,
      pods: [...stuck],
      endpoints: stickyPods.length,
    });
  },
});

async function world(laboratory: Laboratory, toWhom: (address: string) => ConnectTarget) {
  const lab = await runningLab(laboratory);
  const [client] = await clientPods(lab);
  const endpoints = await lab.cluster.endpointsOf(balanced.service);
  const stickyPods = await lab.cluster.endpointsOf(sticky.service);
  if (endpoints.length !== values.endpoints || stickyPods.length < 2) {
    throw new Error(
      `${balanced.service} has ${endpoints.length} ready pods, ${sticky.service} has ${stickyPods.length}`,
    );
  }
  const to = toWhom(endpoints[0]?.address ?? '');
  return {
    ...lab,
    client: client?.pod ?? '',
    to,
    pods: endpoints.map(({ pod }) => pod),
    stickyPods,
  };
}

/** @throws Error when nobody answered: of a connection that failed, nothing can be counted */
function podOf({ backend, result, remote }: ConnectOutcome): string {
  if (!backend) throw new Error(`${remote}: ${result}`);
  return backend.pod;
}

/** How far counts are from being equal: Pearson's χ². */
function pearson(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

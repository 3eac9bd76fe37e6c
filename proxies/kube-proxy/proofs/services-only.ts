/**
 * From pod to pod, by the pod's own address: neither end sees another address than the one it was told, and
 * the node's connection tracking has none. Refuted by the address of a Service.
 */
import { fileURLToPath } from 'node:url';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import type { ConnectTarget } from '../../kit/connect-request.ts';
import type { ClientConnection, TrackedConnection } from './tracked-connections.ts';
import { clientPods, patienceMs, runningLab } from './running-lab.ts';

const service = 'platform/echo';
const podPort = 7070;
const program = fileURLToPath(new URL('tracked-connections.ts', import.meta.url));

export const servicesOnly = defineProof({
  claimed: (laboratory) => world(laboratory, (address) => ({ address, port: podPort })),
  refuted: (laboratory) => world(laboratory, () => ({ service, port: 'lines', family: 'IPv4' })),
  probe: async ({ machines, client, to }, notebook: Notebook) => {
    const [outcome] = await machines.connect(
      { pod: client.pod },
      { protocol: 'TCP', to, timeoutMs: patienceMs },
    );
    if (!outcome) throw new Error('nothing was tried');
    const { backend, local, remote, result } = outcome;
    notebook.check(backend !== null, 'reached', {
      pod: backend?.pod ?? '',
      address: remote,
      cause: result,
    });
    const { self } = backend;
    notebook.check(self === remote, 'same-address', { remote, self });

    const argv = [process.execPath, '--no-warnings', program];
    const connection: ClientConnection = { source: local ?? '', destination: remote };
    const input = JSON.stringify(connection);
    const { status, stdout, stderr } = await machines.run(client.node, argv, input);
    if (status !== 0) throw new Error(stderr);
    const tracked = JSON.parse(stdout) as TrackedConnection | null;
    if (!tracked) throw new Error(`${client.node} does not track ${input}`);
    notebook.check(tracked.destination === tracked.answeredBy, 'untracked', {
      node: client.node,
      entry: `${tracked.source} → ${tracked.destination} ← ${tracked.answeredBy}`,
    });
  },
});

async function world(laboratory: Laboratory, toWhom: (address: string) => ConnectTarget) {
  const lab = await runningLab(laboratory);
  const [client] = await clientPods(lab);
  const [endpoint] = await lab.cluster.endpointsOf(service);
  if (!client || !endpoint) throw new Error(`${service} has no ready pod`);
  return { ...lab, client, to: toWhom(endpoint.address) };
}

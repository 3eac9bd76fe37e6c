/**
 * From outside of the lab's cluster, through the apiserver: a pod, a Service and a node, at addresses of
 * the cluster's own networks. Refuted by somebody whom no role lets through.
 */
import { BlockList, isIPv6 } from 'node:net';
import { createApiClient, type KubeObject } from '../../kit/api/api-client.ts';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { askFrom, type MachineAnswer } from './on-machine.ts';
import { runningLab } from './running-lab.ts';

const nobodyInParticular = { 'Impersonate-User': 'nobody-in-particular' };

export const reachesClusterAddresses = defineProof({
  claimed: (laboratory) => world(laboratory, {}),
  refuted: (laboratory) => world(laboratory, nobodyInParticular),
  probe: async ({ machines, administrator, pod, node, headers }, notebook: Notebook) => {
    const inNamespace = `/api/v1/namespaces/${pod.namespace}`;
    const places = [
      { resource: 'pods', name: pod.name, path: `${inNamespace}/pods/${pod.name}/proxy/` },
      { resource: 'services', name: 'catalog', path: `${inNamespace}/services/catalog/proxy/` },
      { resource: 'nodes', name: node.name, path: `/api/v1/nodes/${node.name}/proxy/healthz` },
    ];
    const questions = places.map(({ path }) => ({ path, as: 'administrator', headers }) as const);
    const answers = await askFrom(
      machines.outside,
      machines,
      administrator,
      questions,
      notebook.hop,
    );
    for (const [index, { resource, name }] of places.entries()) {
      const answer = answers[index];
      if (!answer) throw new Error(`${resource} was not answered`);
      const { status } = answer;
      const address = status !== 200 ? '' : resource === 'nodes' ? node.address : serverOf(answer);
      notebook.check(status === 200, 'reached', { resource, name, status, address });
      const ranges = machines.networks[resource === 'nodes' ? 'nodes' : 'pods'];
      const network = ranges.find((range) => isWithin(address, range));
      notebook.check(network !== undefined, 'inside', { address, network: network ?? '' });
    }
  },
});

async function world(laboratory: Laboratory, headers: Readonly<Record<string, string>>) {
  const lab = await runningLab(laboratory);
  await using client = createApiClient(lab.administrator);
  const name = lab.machines.inside;
  const { status } = await client.get<NodeObject>(`/api/v1/nodes/${name}`);
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  return { ...lab, node: { name, address }, headers };
}

interface NodeObject extends KubeObject {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

/** The pod's own address, as its echo tells it; empty where it tells none. */
function serverOf({ body }: MachineAnswer): string {
  return /"server": \{\s*"address": "([^"]+)"/.exec(body)?.[1] ?? '';
}

function isWithin(address: string, range: string): boolean {
  const [network = '', prefix = '0'] = range.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (address === '' || isIPv6(address) !== isIPv6(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

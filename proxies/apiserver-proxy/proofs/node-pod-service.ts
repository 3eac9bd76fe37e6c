/** A node, a pod and a Service, each with a server that says who it is. Refuted by asking for a ConfigMap. */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { ask, messageOf } from './ask.ts';
import { makeNode, makePod, makeService, namespace } from './cluster-objects.ts';
import { clusterWorld, type Surroundings } from './cluster-world.ts';

const inNamespace = `/api/v1/namespaces/${namespace}`;

const paths = {
  node: '/api/v1/nodes/the-node/proxy/',
  pod: `${inNamespace}/pods/the-pod/proxy/`,
  service: `${inNamespace}/services/the-service:http/proxy/`,
  configMap: `${inNamespace}/configmaps/the-settings/proxy/`,
} as const;

export const nodePodService = defineProof({
  claimed: (laboratory, { hop }) =>
    world({ laboratory, onHop: hop }, [paths.node, paths.pod, paths.service]),
  refuted: (laboratory, { hop }) =>
    world({ laboratory, onHop: hop }, [paths.node, paths.pod, paths.configMap]),
  probe: async ({ apiserver, targets, asked }, notebook: Notebook, { signal }) => {
    for (const [index, path] of asked.entries()) {
      const answer = await ask(apiserver, { path }, signal);
      const by = targets[index]?.name ?? '';
      const { status, body } = answer;
      const message = messageOf(answer);
      notebook.check(status === 200 && body === by, 'answered', { path, by, status, message });
    }
  },
});

async function world(surroundings: Surroundings, asked: readonly string[]) {
  const made = await clusterWorld(
    surroundings,
    [
      { name: 'the kubelet', isTls: true },
      { name: 'the pod' },
      { name: 'the pod behind the Service' },
    ],
    async (client, [kubelet, pod, behind]) => {
      if (!kubelet || !pod || !behind) throw new Error('a target is missing');
      const backend = { ...behind, name: 'behind' };
      await makeNode(client, { ...kubelet, name: 'the-node' });
      await makePod(client, { ...pod, name: 'the-pod' });
      await makePod(client, backend);
      const ports = { http: behind.port };
      await makeService(client, { name: 'the-service', ports, ready: [backend] });
      const settings = { metadata: { name: 'the-settings' }, data: { greeting: 'hello' } };
      await client.create(`${inNamespace}/configmaps`, settings);
    },
  );
  return { ...made, asked };
}

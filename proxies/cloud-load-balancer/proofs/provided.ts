/**
 * One Service that the cluster's cloud serves, and one that nobody does. Refuted by a cluster without a cloud: there
 * the first is like the second.
 */
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { givenTo, patienceMs, shortMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud } from './own-cloud.ts';

const provider = 'hop';
const [served, unserved] = ['web', 'web-elsewhere'];
const nobodys = 'example.com/nobody';
const port = 8080;
const type = 'LoadBalancer';

export const provided = defineProof({
  claimed: (laboratory) => startOwnCloud(laboratory),
  refuted: (laboratory) => startOwnCloud(laboratory, { hasController: false }),
  probe: async (cloud, notebook: Notebook) => {
    const other = { type, loadBalancerClass: nobodys, ports: [{ port: port + 1 }] } as const;
    await cloud.create({ name: unserved, spec: other });
    await cloud.create({ name: served, spec: { type, ports: [{ port }] } });
    const { address } = await givenTo(cloud, served, shortMs);
    const seconds = shortMs / 1000;
    notebook.check(address !== '', 'address', { provider, service: served, address, seconds });
    const answered = await ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
    notebook.check(answered.node !== '', 'answered', { ...answered });

    // It came first: whoever served it would have begun with it.
    const { metadata, status } = (await cloud.get(unserved)) ?? {};
    const events = await cloud.eventsOf(unserved);
    const found = [
      ...(status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? ''),
      ...(metadata?.finalizers ?? []),
      ...events.map(({ reason }) => reason),
    ];
    notebook.check(found.length === 0, 'pending', { service: unserved, class: nobodys, found });
  },
});

/**
 * Services that the clouds of a cluster serve, and one that nobody does. Refuted by a cluster without a cloud: there
 * the first are like the last.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { profiles } from '../facts/profiles.ts';
import { namedProfile, portNumber, serviceFor } from './by-profile.ts';
import { givenTo, patienceMs, shortMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud } from './own-cloud.ts';

/** Ours, a cloud, and a program for machines of one’s own. */
const providers = profiles.filter(({ id }) => ['hop', 'aws-nlb', 'metallb'].includes(id));
const unserved = 'web-elsewhere';
const nobodys = 'example.com/nobody';

export const provided = defineProof({
  claimed: (laboratory, notebook) => world(laboratory, notebook, true),
  refuted: (laboratory, notebook) => world(laboratory, notebook, false),
  probe: async ({ cloud, withinMs }, notebook: Notebook) => {
    const ports = [{ port: portNumber(0) }];
    const spec = { type: 'LoadBalancer', loadBalancerClass: nobodys, ports } as const;
    await cloud.create({ name: unserved, spec });
    const seconds = withinMs / 1000;
    for (const [index, profile] of providers.entries()) {
      const [name, port] = [`web-${profile.id}`, portNumber(index + 1)];
      await cloud.create(serviceFor({ profile, name, ports: [{ port }] }));
      const { address, shown } = await givenTo(cloud, name, withinMs);
      const told = { provider: profile.title, service: name, address: shown, seconds };
      notebook.check(shown !== '', 'address', told);
      const answered = await ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
      notebook.check(answered.node !== '', 'answered', { ...told, ...answered });
    }

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

async function world(laboratory: Laboratory, { hop: onHop }: Notebook, hasController: boolean) {
  const cloud = await startOwnCloud(laboratory, { hasController, profileOf: namedProfile, onHop });
  return {
    cloud,
    withinMs: hasController ? patienceMs : shortMs,
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

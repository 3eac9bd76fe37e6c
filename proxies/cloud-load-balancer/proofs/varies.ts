/**
 * The same Service with every cloud: the statuses are of every kind there is, and what they tell to connect to
 * answers. Refuted by one cloud behind all the names.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { clouds } from '../facts/clouds.ts';
import { hop } from '../facts/profiles/hop.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Service } from '../service.ts';
import { namedProfile, portNumber, serviceFor } from './by-profile.ts';
import { givenTo, patienceMs, type Given } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud, type OwnCloud } from './own-cloud.ts';

/** What a status can tell to connect to. */
type Kind = 'name' | 'address' | 'node';
const kinds = ['name', 'address', 'node'] as const;

export const varies = defineProof({
  claimed: (laboratory: Laboratory) => startOwnCloud(laboratory, { profileOf: namedProfile }),
  refuted: (laboratory: Laboratory) => startOwnCloud(laboratory, { profileOf: () => hop }),
  probe: async (cloud: OwnCloud, notebook: Notebook) => {
    const seen = await Promise.all(clouds.map((profile, index) => tried(cloud, profile, index)));
    for (const { provider, kind, ipMode, given, answered } of seen) {
      const { node, cause } = answered;
      const isShown = node !== '';
      if (!isShown) notebook.check(isShown, 'answers', { provider, shown: given.shown, cause });
      notebook.saw(kind, { provider, shown: given.shown, ipMode, node });
    }
    const [names, addresses, nodes] = kinds.map(
      (kind) => seen.filter((one) => one.kind === kind).length,
    );
    const found = { names: names ?? 0, addresses: addresses ?? 0, nodes: nodes ?? 0 };
    notebook.check(Math.min(...Object.values(found)) > 0, 'kinds', found);
  },
});

async function tried(cloud: OwnCloud, profile: ProviderProfile, index: number) {
  const [name, port] = [`web-${profile.id}`, portNumber(index)];
  await cloud.create(serviceFor({ profile, name, ports: [{ port }] }));
  const given = await givenTo(cloud, name, patienceMs);
  const { address } = given;
  const answered = await ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
  const ipMode = ingressOf(given.service)?.ipMode ?? '';
  return { provider: profile.title, kind: kindOf(cloud, given), ipMode, given, answered };
}

function kindOf({ own }: OwnCloud, { service, address }: Given): Kind {
  if (ingressOf(service)?.hostname) return 'name';
  return own.nodes.some((node) => node.address === address) ? 'node' : 'address';
}

function ingressOf(service: Service | null) {
  return service?.status?.loadBalancer?.ingress?.[0];
}

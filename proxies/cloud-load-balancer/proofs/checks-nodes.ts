/**
 * Of two nodes, one says that it wants no connections: the other gets all. Asked is the port for the whole node, or
 * that of the Service. Refuted by a load balancer that asks nobody.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { checksNodesClaim } from '../facts/claims.ts';
import { hop } from '../facts/profiles/hop.ts';
import type { ProviderProfile } from '../profile.ts';
import type { ServiceSpec } from '../service.ts';
import { givenTo, patienceMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud, type OwnCloud } from './own-cloud.ts';
import type { OwnNode } from './own-nodes.ts';

const { connections, path } = checksNodesClaim.values;
const asksNobody: ProviderProfile = { ...hop, healthCheck: { ...hop.healthCheck, value: null } };

export const checksNodes = defineProof({
  claimed: (laboratory) => world(laboratory, hop),
  refuted: (laboratory) => world(laboratory, asksNobody),
  probe: async (cloud, notebook: Notebook) => {
    const [first, second] = cloud.own.nodes;
    if (!first || !second) throw new Error('there are not two nodes');
    // Each has a port at which it says no.
    first.hasPods = false;
    second.isWell = false;
    const everybody = await tried(cloud, 'web', { ports: [{ port: 8080 }] }, second);
    notebook.check(everybody.strays === 0, 'spared', { ...everybody.told, node: first.name });
    notebook.check(everybody.isAsked, 'asked', { path, ...everybody.told });

    const local = { ports: [{ port: 8081 }], externalTrafficPolicy: 'Local' } as const;
    const withPods = await tried(cloud, 'web-local', local, first);
    notebook.check(withPods.strays === 0, 'spared', { ...withPods.told, node: second.name });
    notebook.check(withPods.isAsked, 'asked', { path, ...withPods.told });
  },
});

/** It knows when it has its address; one that checks nobody never does. */
const knownWithinMs = 8_000;

/** Connects many times; counts the connections that came to the node that wants none. */
async function tried(cloud: OwnCloud, name: string, spec: ServiceSpec, spared: OwnNode) {
  const service = await cloud.create({ name, spec: { ...spec, type: 'LoadBalancer' } });
  const [{ port } = { port: 0 }] = service.spec.ports ?? [];
  const { address } = await givenTo(cloud, name, patienceMs);
  const isKnown = async () =>
    cloud
      .loadBalancerOf(name)
      ?.targets.every(({ node, isUsed }) => isUsed === (node !== spared.name)) ?? false;
  await cloud.until(isKnown, Boolean, knownWithinMs);
  const answers = await Promise.all(
    Array.from({ length: connections }, () =>
      ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs }),
    ),
  );
  const failed = answers.find(({ node }) => node === '');
  if (failed) throw new Error(`a connection to ${address} was not answered: ${failed.cause}`);
  const askedPort = service.spec.healthCheckNodePort ?? cloud.own.healthPort;
  const strays = answers.filter(({ node }) => node === spared.name).length;
  return {
    strays,
    isAsked: spared.askedAt.has(askedPort),
    told: { spared: spared.name, port: askedPort, connections, count: strays },
  };
}

async function world(laboratory: Laboratory, profile: ProviderProfile) {
  return startOwnCloud(laboratory, { nodes: 2, profileOf: () => profile });
}

/**
 * Two clients, one in the ranges and one not, over each protocol. Refuted by a load balancer that looks at the ranges
 * for TCP alone, as there are some.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import type { Dataplane, Forwarding } from '../forwarding.ts';
import type { ServicePort } from '../service.ts';
import { givenTo, patienceMs, shortMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud } from './own-cloud.ts';

const protocols = ['TCP', 'UDP'] as const;
const port = 8080;
const ports: readonly ServicePort[] = protocols.map((protocol) => ({
  name: protocol.toLowerCase(),
  protocol,
  port,
}));
const name = 'web';

export const sourceRanges = defineProof({
  claimed: (laboratory: Laboratory, { hop: onHop }) => startOwnCloud(laboratory, { onHop }),
  refuted: (laboratory: Laboratory, { hop: onHop }) =>
    startOwnCloud(laboratory, { onHop, around: { dataplane: filteringTcpAlone } }),
  probe: async (cloud, notebook: Notebook) => {
    const [inside, outside] = [cloud.own.clientAddress(0), cloud.own.clientAddress(1)];
    const range = `${inside}/32`;
    const spec = { type: 'LoadBalancer', ports, loadBalancerSourceRanges: [range] } as const;
    await cloud.create({ name, spec });
    const { address } = await givenTo(cloud, name, patienceMs);
    for (const protocol of protocols) {
      const ofTheRange = { protocol, address, port, from: inside, timeoutMs: patienceMs };
      const welcome = await ask(ofTheRange);
      const isIn = welcome.node !== '';
      notebook.check(isIn, 'in', { protocol, client: inside, range, ...welcome });
      const other = await ask({ ...ofTheRange, from: outside, timeoutMs: shortMs });
      const isOut = other.node === '';
      notebook.check(isOut, 'out', { protocol, client: outside, range, ...other });
    }
  },
});

/** Keeps UDP apart from TCP, and lets in everybody who comes with it. */
function filteringTcpAlone(dataplane: Dataplane): Dataplane {
  const inTwo = (forwarding: Forwarding): readonly Forwarding[] => {
    const only = (isTcp: boolean) =>
      forwarding.ports.filter(({ protocol }) => (protocol === 'TCP') === isTcp);
    return [
      { ...forwarding, ports: only(true) },
      { ...forwarding, name: nameOfOthers(forwarding.name), ports: only(false), sourceRanges: [] },
    ];
  };
  return {
    ...dataplane,
    replaceAll: (forwardings) => dataplane.replaceAll(forwardings.flatMap(inTwo)),
    ensure: async (forwarding) => {
      for (const one of inTwo(forwarding)) await dataplane.ensure(one);
    },
    remove: async (own) => {
      for (const one of [own, nameOfOthers(own)]) await dataplane.remove(one);
    },
  };
}

function nameOfOthers(own: string): string {
  return `${own}-udp`;
}

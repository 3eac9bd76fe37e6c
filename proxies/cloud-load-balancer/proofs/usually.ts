/**
 * Two protocols with every cloud: most take both, and who takes one answers. Refuted by SCTP in the place of UDP.
 */
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { clouds, titlesOfThose } from '../facts/clouds.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Transport } from '../service.ts';
import { namedProfile, portNumber, serviceFor } from './by-profile.ts';
import { givenTo, patienceMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud, type OwnCloud } from './own-cloud.ts';
import { withSctp } from './with-sctp.ts';
import { isServed, settled } from './settled.ts';

/** What is meant by usual: at least so many of all. */
const usualShare = 2 / 3;

export const usually = defineProof({
  claimed: (laboratory) => world(laboratory, ['TCP', 'UDP']),
  refuted: (laboratory) => world(laboratory, ['TCP', 'SCTP']),
  probe: async ({ cloud, protocols }, notebook: Notebook) => {
    const count = clouds.length;
    for (const [turn, protocol] of protocols.entries()) {
      const offers = await Promise.all(
        clouds.map((profile, index) =>
          offered(cloud, profile, protocol, portNumber(turn * count + index)),
        ),
      );
      const takers = offers.filter(({ isTaken }) => isTaken);
      const [taken, stated] = [takers.length, statedFor(protocol)];
      notebook.check(taken === stated, 'counted', { protocol, taken, count, stated });
      notebook.check(taken >= usualShare * count, 'usual', { protocol });
      if (protocol === 'SCTP') continue;
      const answers = await Promise.all(
        takers.map(async ({ provider, name, port }) => {
          const { address } = await givenTo(cloud, name, patienceMs);
          const question = { protocol, address, port, timeoutMs: patienceMs };
          return { provider, ...(await ask(question)) };
        }),
      );
      for (const { provider, node, cause } of answers) {
        if (node === '') notebook.check(false, 'answered', { protocol, provider, cause });
      }
      notebook.check(true, 'answered', { protocol, count: answers.length });
    }
  },
});

async function offered(
  cloud: OwnCloud,
  profile: ProviderProfile,
  protocol: Transport,
  port: number,
) {
  const name = `${protocol.toLowerCase()}-${profile.id}`;
  await cloud.create(serviceFor({ profile, name, ports: [{ protocol, port }] }));
  const { service } = await settled(cloud, name);
  return { provider: profile.title, name, port, isTaken: isServed(cloud, service, protocol) };
}

function statedFor(protocol: Transport): number {
  return titlesOfThose(protocol, 'yes', 'if-offered').length;
}

async function world(laboratory: Laboratory, protocols: readonly Transport[]) {
  const cloud = await startOwnCloud(laboratory, {
    profileOf: namedProfile,
    around: { dataplane: withSctp },
  });
  return { cloud, protocols, [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
}

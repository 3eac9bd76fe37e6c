/**
 * A port of SCTP with every cloud: some take it, some refuse it, some leave it out. Refuted by one cloud, which takes
 * everything, behind all the names.
 */
import { collectHops } from '../../kit/collect-hops.ts';
import { flowName } from '../../kit/connect-request.ts';
import { defineProof, type Laboratory, type LabMachines, type Notebook } from '../../kit/proof.ts';
import { clouds } from '../facts/clouds.ts';
import { events } from '../facts/events.ts';
import { hop } from '../facts/profiles/hop.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Service, ServicePort } from '../service.ts';
import { namedProfile, portNumber, serviceFor } from './by-profile.ts';
import { connectFromOutside } from './from-outside.ts';
import { givenTo, patienceMs } from './given-address.ts';
import { ask } from './own-client.ts';
import { startOwnCloud, type OwnCloud } from './own-cloud.ts';
import { isServed, settled } from './settled.ts';
import { withSctp } from './with-sctp.ts';

/** Of the running lab. */
const service = 'platform/signalling-public';

export const sctpDependsOnProvider = defineProof({
  claimed: (laboratory) => world(laboratory, namedProfile),
  refuted: (laboratory) => world(laboratory, () => hop),
  probe: async ({ cloud, machines }, notebook: Notebook, { signal }) => {
    const seen = await Promise.all(
      attempts.map((attempt, index) => tried(cloud, attempt, portNumber(2 * index))),
    );
    for (const one of seen) {
      const { provider, annotation, isToTake, isTaken, said } = one;
      const taken = annotation === '' ? 'taken' : 'taken-internal';
      if (isToTake) notebook.check(isTaken, taken, { provider, annotation, said });
      else if (isTaken) notebook.check(false, 'refused', { provider });
      else if (one.hasFailed) notebook.check(true, 'refused', { provider, said });
      else {
        const { node, cause } = one.other;
        const leftOut = said === '' ? 'left-out-silently' : 'left-out';
        notebook.check(node !== '', leftOut, { provider, node, cause, said });
      }
    }
    if (machines) await carry(machines, notebook, signal);
  },
});

/** Through the cloud of the running lab, which has real packets of SCTP. */
async function carry(
  machines: LabMachines,
  notebook: Notebook,
  signal: AbortSignal,
): Promise<void> {
  using hops = collectHops(machines, notebook.hop);
  await hops.ready;
  const asked = { protocol: 'SCTP', service, port: 'sctp' } as const;
  const outcome = await connectFromOutside(machines, asked, signal);
  const { backend, local, remote, result: cause } = outcome;
  const pod = backend?.pod ?? '';
  notebook.check(pod !== '', 'carried', { service, remote, pod, cause });
  if (local !== null) await hops.of([flowName('SCTP', local)]);
}

interface Attempt {
  readonly profile: ProviderProfile;
  /** What asks for a load balancer without an address outside; empty: it is not asked for. */
  readonly annotation: string;
}

const attempts: readonly Attempt[] = clouds.flatMap((profile) => {
  const plain = { profile, annotation: '' };
  const annotation = profile.internal?.value.keys[0];
  const isInternalOnly = profile.protocols.value.SCTP === 'internal-only';
  return annotation && isInternalOnly ? [plain, { profile, annotation }] : [plain];
});

/** A Service with a port of SCTP, and with one of TCP, where the cloud takes both in one. */
async function tried(cloud: OwnCloud, { profile, annotation }: Attempt, tcpPort: number) {
  const name = `sctp-${profile.id}${annotation && '-internal'}`;
  const sctp: ServicePort = { name: 'sctp', protocol: 'SCTP', port: tcpPort + 1 };
  const tcp: ServicePort = { name: 'tcp', port: tcpPort };
  const ports = profile.mixedProtocols.value === 'yes' ? [tcp, sctp] : [sctp];
  const annotations = annotation === '' ? {} : { [annotation]: 'true' };
  await cloud.create(serviceFor({ profile, name, ports, annotations }));
  const { service, events: told } = await settled(cloud, name);
  const warnings = told.filter(({ type }) => type === 'Warning');
  const isTaken = isServed(cloud, service, 'SCTP');
  const hasFailed = warnings.some(({ reason }) => reason === events.syncFailed.reason);
  const support = profile.protocols.value.SCTP;
  return {
    provider: profile.title,
    annotation,
    isToTake: annotation !== '' || support === 'yes' || support === 'if-offered',
    isTaken,
    hasFailed,
    said: warnings[0]?.message ?? errorIn(service),
    other: isTaken || hasFailed ? { node: '', cause: '' } : await askOther(cloud, name, tcpPort),
  };
}

async function askOther(cloud: OwnCloud, name: string, port: number) {
  const { address } = await givenTo(cloud, name, patienceMs);
  return ask({ protocol: 'TCP', address, port, timeoutMs: patienceMs });
}

function errorIn(service: Service | null): string {
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  return ingress?.ports?.find(({ error }) => error !== undefined)?.error ?? '';
}

async function world(laboratory: Laboratory, profileOf: (service: Service) => ProviderProfile) {
  const cloud = await startOwnCloud(laboratory, { profileOf, around: { dataplane: withSctp } });
  const { machines } = laboratory;
  return { cloud, machines, [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
}

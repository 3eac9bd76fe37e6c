/** What a profile says will become of a Service: what the experiment is held against. */
import { judgeService, type Judgement } from '../../../proxies/cloud-load-balancer/contract.ts';
import { findProfile } from '../../../proxies/cloud-load-balancer/facts/profiles.ts';
import type { Transport } from '../../../proxies/cloud-load-balancer/service.ts';
import { noCloud, portChoices, type CloudServiceResult } from '../../cloud-service.ts';
import type { LabNetwork } from './backend.ts';
import { serviceOf, type ServiceWish } from './cloud-service-objects.ts';

export interface Expectation {
  readonly result: CloudServiceResult;
  /** Whom something answers. */
  readonly served: readonly Transport[];
  /** Whether a load balancer stands before the nodes: its hop is waited for. */
  readonly isForwarded: boolean;
}

/** What moves packets on loopback has no SCTP. */
const forwarded: Readonly<Record<LabNetwork['mode'], readonly Transport[]>> = {
  isolated: ['TCP', 'UDP', 'SCTP'],
  loopback: ['TCP', 'UDP'],
};

/** @returns null where there is no such cloud */
export function expectationOf(wish: ServiceWish): Expectation | null {
  if (wish.cloud === noCloud) return { result: 'pending', served: [], isForwarded: false };
  const profile = findProfile(wish.cloud);
  if (!profile) return null;
  const judgement = judgeService(profile, serviceOf(wish), { protocols: forwarded[wish.mode] });
  return {
    result: resultOf(judgement, portChoices[wish.ports].length),
    served: judgement.accepted.map(({ protocol }) => protocol ?? 'TCP'),
    isForwarded: profile.address.value !== 'node-ips',
  };
}

function resultOf({ failure, accepted }: Judgement, ports: number): CloudServiceResult {
  if (failure !== null) return 'failed';
  if (accepted.length === 0) return 'unserved';
  return accepted.length < ports ? 'partly' : 'served';
}

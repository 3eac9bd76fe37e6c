/** Which changes of a Service make its load balancer be looked at again, and what is told of them. */
import { isDeepStrictEqual } from 'node:util';
import type { Service, ServicePort } from '../service.ts';
import { wantsLoadBalancer } from './wants.ts';

/** What is told of a change, in upstream's words. */
export interface ChangeNote {
  readonly reason: string;
  readonly message: string;
}

interface Trigger {
  readonly of: (service: Service, loadBalancerClass: string | null) => unknown;
  /** Absent: nothing is told. */
  readonly note?: (before: Service, after: Service) => ChangeNote;
}

/** Upstream's, in its order (`needsUpdate` of the service controller): the first that changed counts. */
const triggers: readonly Trigger[] = [
  {
    of: wantsLoadBalancer,
    note: (before, after) => changed('Type', before.spec.type, after.spec.type),
  },
  {
    of: ({ spec }) => spec.loadBalancerSourceRanges ?? [],
    note: ({ spec: { loadBalancerSourceRanges: before } }, { spec }) =>
      changed('LoadBalancerSourceRanges', list(before), list(spec.loadBalancerSourceRanges)),
  },
  { of: ({ spec }) => spec.ports?.map(portOf) ?? [] },
  { of: ({ spec }) => spec.sessionAffinity ?? 'None' },
  { of: ({ spec }) => spec.sessionAffinityConfig },
  {
    of: ({ spec }) => spec.loadBalancerIP ?? '',
    note: ({ spec: before }, { spec }) =>
      changed('LoadbalancerIP', before.loadBalancerIP, spec.loadBalancerIP),
  },
  {
    of: ({ spec }) => spec.externalIPs?.length ?? 0,
    note: ({ spec: { externalIPs: before = [] } }, { spec: { externalIPs: after = [] } }) => ({
      reason: 'ExternalIP',
      message: `Count: ${before.length} -> ${after.length}`,
    }),
  },
  {
    of: ({ spec }) => spec.externalIPs ?? [],
    note: ({ spec: { externalIPs: before = [] } }, { spec: { externalIPs: after = [] } }) => ({
      reason: 'ExternalIP',
      message: `Added: ${after.find((address, index) => address !== before[index]) ?? ''}`,
    }),
  },
  { of: ({ metadata }) => metadata.annotations ?? {} },
  {
    of: ({ metadata }) => metadata.uid,
    note: ({ metadata: before }, { metadata }) => changed('UID', before.uid, metadata.uid),
  },
  {
    of: ({ spec }) => spec.externalTrafficPolicy,
    note: ({ spec: before }, { spec }) =>
      changed('ExternalTrafficPolicy', before.externalTrafficPolicy, spec.externalTrafficPolicy),
  },
  {
    of: ({ spec }) => spec.healthCheckNodePort ?? 0,
    note: ({ spec: before }, { spec }) =>
      changed(
        'HealthCheckNodePort',
        before.healthCheckNodePort ?? 0,
        spec.healthCheckNodePort ?? 0,
      ),
  },
  // A second family can be added or removed; which is first cannot change.
  { of: ({ spec }) => spec.ipFamilies?.length ?? 0 },
];

/** Null: nothing that matters to a load balancer. `note`: what is told of it, where something is. */
export function changeOf(
  before: Service,
  after: Service,
  loadBalancerClass: string | null,
): { readonly note: ChangeNote | null } | null {
  const wants = (service: Service) => wantsLoadBalancer(service, loadBalancerClass);
  if (!wants(before) && !wants(after)) return null;
  const trigger = triggers.find(
    ({ of }) => !isDeepStrictEqual(of(before, loadBalancerClass), of(after, loadBalancerClass)),
  );
  return trigger ? { note: trigger.note?.(before, after) ?? null } : null;
}

function portOf({ name, protocol, port, nodePort, targetPort, appProtocol }: ServicePort) {
  return [name ?? '', protocol ?? 'TCP', port, nodePort ?? 0, targetPort, appProtocol];
}

function changed(
  reason: string,
  before: string | number | undefined,
  after: string | number | undefined,
): ChangeNote {
  return { reason, message: `${before ?? ''} -> ${after ?? ''}` };
}

/** As Go shows a list: `[10.0.0.0/8 192.0.2.1/32]`. */
function list(values: readonly string[] = []): string {
  return `[${values.join(' ')}]`;
}

/** Which changes of a Service make its load balancer be looked at again, and what is told of them. */
import { isDeepStrictEqual } from 'node:util';
import type { Service, ServicePort } from '../service.ts';
import type { OwnEvent } from './tell-event.ts';
import { wantsLoadBalancer } from './wants.ts';

interface Trigger {
  readonly of: (service: Service, loadBalancerClass: string | null) => unknown;
  /** Absent: nothing is told. */
  readonly note?: (before: Service, after: Service) => OwnEvent;
}

/** Upstream's, in its order (`needsUpdate` of the service controller): the first that changed counts. */
const triggers: readonly Trigger[] = [
  {
    of: wantsLoadBalancer,
    note: (before, after) => changed('typeChanged', before.spec.type, after.spec.type),
  },
  {
    of: ({ spec }) => spec.loadBalancerSourceRanges ?? [],
    note: ({ spec: { loadBalancerSourceRanges: before } }, { spec }) =>
      changed('sourceRangesChanged', list(before), list(spec.loadBalancerSourceRanges)),
  },
  { of: ({ spec }) => spec.ports?.map(portOf) ?? [] },
  { of: ({ spec }) => spec.sessionAffinity ?? 'None' },
  { of: ({ spec }) => spec.sessionAffinityConfig },
  {
    of: ({ spec }) => spec.loadBalancerIP ?? '',
    note: ({ spec: before }, { spec }) =>
      changed('loadBalancerIpChanged', before.loadBalancerIP, spec.loadBalancerIP),
  },
  {
    of: ({ spec }) => spec.externalIPs?.length ?? 0,
    note: ({ spec: { externalIPs: before = [] } }, { spec: { externalIPs: after = [] } }) =>
      changed('externalIpsCounted', before.length, after.length),
  },
  {
    of: ({ spec }) => spec.externalIPs ?? [],
    note: ({ spec: { externalIPs: before = [] } }, { spec: { externalIPs: after = [] } }) => ({
      event: 'externalIpAdded',
      values: { address: after.find((address, index) => address !== before[index]) ?? '' },
    }),
  },
  { of: ({ metadata }) => metadata.annotations ?? {} },
  {
    of: ({ metadata }) => metadata.uid,
    note: ({ metadata: before }, { metadata }) => changed('uidChanged', before.uid, metadata.uid),
  },
  {
    of: ({ spec }) => spec.externalTrafficPolicy,
    note: ({ spec: before }, { spec }) =>
      changed('trafficPolicyChanged', before.externalTrafficPolicy, spec.externalTrafficPolicy),
  },
  {
    of: ({ spec }) => spec.healthCheckNodePort ?? 0,
    note: ({ spec: before }, { spec }) =>
      changed(
        'healthCheckNodePortChanged',
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
): { readonly note: OwnEvent | null } | null {
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
  event: OwnEvent['event'],
  before: string | number = '',
  after: string | number = '',
): OwnEvent {
  return { event, values: { before, after } };
}

/** As Go shows a list: `[10.0.0.0/8 192.0.2.1/32]`. */
function list(values: readonly string[] = []): string {
  return `[${values.join(' ')}]`;
}

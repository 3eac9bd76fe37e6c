import fc from 'fast-check';
import { expect, it } from 'vitest';
import { families, type Backend, type Family, type ServicePortState } from '../service-port.ts';
import { zoneLabel, type EndpointSlice, type Service } from './api-objects.ts';
import { createServiceTracker, type ServiceTracker } from './service-tracker.ts';
import { aService, aSlice } from './testing/objects.ts';

/** A busy machine may take its time. */
const timeout = 120_000;

/** What happens; `null` deletes. Slices are named apart from Services, so that they can move. */
type Event =
  | { readonly kind: 'service'; readonly name: string; readonly service: Service | null }
  | { readonly kind: 'slice'; readonly name: string; readonly slice: EndpointSlice | null }
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'take'; readonly family: Family };

const names = fc.constantFrom('svc1', 'svc2', 'svc3');
const zones = fc.constantFrom('a', 'b', '');
const policies = fc.constantFrom('Cluster', 'Local');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const services = fc
  .record({
    name: names,
    type: fc.constantFrom('ClusterIP', 'NodePort', 'ExternalName'),
    clusterIP: fc.constantFrom('172.30.0.1', '172.30.0.2', 'None'),
    isDual: fc.boolean(),
    internalTrafficPolicy: policies,
    externalTrafficPolicy: policies,
    externalIPs: fc.constantFrom([], ['192.168.99.22', 'fd00:99::22']),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('http', 'dns'),
        protocol: fc.constantFrom('TCP', 'UDP'),
        port: fc.constantFrom(53, 80),
      }),
      { selector: ({ name, protocol }) => `${name}/${protocol}` },
    ),
  })
  .map(({ name, isDual, ...spec }) => {
    const dual = { ipFamilies: ['IPv4', 'IPv6'], clusterIPs: [spec.clusterIP, 'fd00::1'] };
    return aService({ ...spec, ...(isDual ? dual : {}) }, { name });
  });

const endpoints = fc.record({
  last: fc.nat(9),
  nodeName: fc.constantFrom('node-1', 'node-2'),
  conditions: maybe(
    fc.record({ ready: maybe(fc.boolean()), serving: fc.boolean(), terminating: fc.boolean() }),
  ),
  zone: maybe(zones),
  node: maybe(fc.constantFrom('node-1', 'node-2')),
});

const slices = fc
  .record({
    service: names,
    addressType: fc.constantFrom('IPv4', 'IPv6'),
    ports: fc.array(
      fc.record({
        name: fc.constantFrom('http', 'dns'),
        protocol: fc.constantFrom('TCP', 'UDP'),
        port: fc.constantFrom(8080, 8081),
      }),
      { maxLength: 3 },
    ),
    endpoints: fc.array(endpoints, { maxLength: 12 }),
  })
  .map(({ endpoints: all, ...slice }) =>
    aSlice(
      all.map(({ last, nodeName, conditions, zone, node }) => ({
        addresses: [slice.addressType === 'IPv4' ? `10.0.0.${last}` : `fd00:1::${last}`],
        nodeName,
        conditions,
        hints: {
          forZones: zone === undefined ? [] : [{ name: zone }],
          forNodes: node === undefined ? [] : [{ name: node }],
        },
      })),
      slice,
    ),
  );

const events: fc.Arbitrary<Event> = fc.oneof(
  services.map((service): Event => ({ kind: 'service', name: service.metadata.name, service })),
  names.map((name): Event => ({ kind: 'service', name, service: null })),
  fc.tuple(slices, fc.constantFrom('a', 'b', 'c', 'd')).map(([slice, end]): Event => {
    // The address type of a slice cannot change.
    return { kind: 'slice', name: `${end}-${slice.addressType}`, slice };
  }),
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(...families))
    .map(([end, family]): Event => ({ kind: 'slice', name: `${end}-${family}`, slice: null })),
  zones.map((zone): Event => ({ kind: 'zone', zone })),
  fc.constantFrom(...families).map((family): Event => ({ kind: 'take', family })),
);

function create(): ServiceTracker {
  return createServiceTracker({ nodeName: 'node-1', log: () => undefined });
}

/** What somebody knows who is told of changes. */
class Follower {
  readonly known = new Map<string, ServicePortState>();

  take(tracker: ServiceTracker, family: Family): void {
    const { changed, removed } = tracker.takeChanges(family);
    for (const key of removed) expect(this.known.delete(key), `${key} was known`).toBe(true);
    for (const state of changed) {
      expect(this.known.get(state.key), `${state.key} is told for a reason`).not.toEqual(state);
      this.known.set(state.key, state);
    }
  }

  /** Without the order of endpoints, which has a history. */
  get sorted() {
    return [...this.known.values()]
      .map((state) => ({
        ...state,
        cluster: sorted(state.cluster),
        local: sorted(state.local),
        reachableHere: sorted(state.reachableHere),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

function sorted(backends: readonly Backend[]): readonly string[] {
  return backends.map(({ address, port }) => `${address} ${port}`).sort();
}

it('knows after any history what it would know had it begun with its end', { timeout }, () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 60 }), fc.nat(), (history, seed) => {
      const tracker = create();
      const follower = new Follower();
      const last = new Map<string, Event>();
      for (const event of history) {
        if (event.kind === 'take') follower.take(tracker, event.family);
        else {
          tell(tracker, event);
          last.set(event.kind === 'zone' ? 'zone' : `${event.kind} ${event.name}`, event);
        }
      }
      const fresh = create();
      const beginner = new Follower();
      for (const event of shuffled([...last.values()], seed)) tell(fresh, event);
      for (const family of families) {
        follower.take(tracker, family);
        beginner.take(fresh, family);
        expect(tracker.noLocalEndpoints(family)).toEqual(fresh.noLocalEndpoints(family));
        expect(byKey(tracker.udpPorts(family))).toEqual(byKey(fresh.udpPorts(family)));
        expect(tracker.takeChanges(family)).toMatchObject({ changed: [], removed: [] });
      }
      expect(follower.sorted).toEqual(beginner.sorted);
    }),
    { numRuns: 200 },
  );
});

it('looks at the Service that changed, however many there are', { timeout }, () => {
  const lookedAt = [10, 1000].map((count) => {
    const tracker = create();
    for (let index = 0; index < count; index++) {
      const name = `svc-${index}`;
      tracker.serviceChanged(aService({}, { name }), `ns1/${name}`);
      tracker.sliceChanged(aSlice(['10.0.0.1'], { service: name }), `ns1/${name}-1`);
    }
    expect(tracker.takeChanges('IPv4').services).toBe(count);
    tracker.sliceChanged(aSlice(['10.0.0.2'], { service: 'svc-5' }), 'ns1/svc-5-1');
    const { changed, services: taken } = tracker.takeChanges('IPv4');
    expect(changed.map(({ name }) => name)).toEqual(['svc-5']);
    return taken;
  });
  expect(lookedAt).toEqual([1, 1]);
});

function tell(tracker: ServiceTracker, event: Event): void {
  if (event.kind === 'service') tracker.serviceChanged(event.service, `ns1/${event.name}`);
  else if (event.kind === 'slice') tracker.sliceChanged(event.slice, `ns1/${event.name}`);
  else if (event.kind === 'zone') tracker.nodeChanged({ [zoneLabel]: event.zone });
}

function byKey<T extends { readonly key: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** By a seed of fast-check's, so that what fails once fails again. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  return items
    .map((item, index) => ({ item, rank: ((seed + 1) * (index + 7) * 7919) % 1009 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

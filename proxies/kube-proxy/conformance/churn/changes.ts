/** Random changes of Services and their slices, as the API could tell them; the same for the same seed. */
import fc from 'fast-check';
import { nodeName, otherNodeName } from '../cases/addresses.ts';
import { service, slice, type EndpointText, type PortText } from '../cases/objects.ts';
import type { EndpointSlice, Service } from '../../endpoints/api-objects.ts';

export type Change =
  | { readonly of: 'service'; readonly key: string; readonly object: Service | null }
  | { readonly of: 'slice'; readonly key: string; readonly object: EndpointSlice | null };

/** So many Services, each with so many slices at most. */
const serviceCount = 50;
const slicesEach = 2;
const endpointPool = 12;

const ports: readonly PortText[] = [
  { name: 'http', port: 80 },
  { name: 'https', port: 443 },
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'signal', port: 53, protocol: 'SCTP' },
];

export function randomChanges(count: number, seed: number): readonly Change[] {
  return fc.sample(change, { numRuns: count, seed });
}

const policy = fc.constantFrom('Local' as const, 'Cluster' as const, undefined);
const chosenPorts = fc.subarray([0, 1, 2, 3], { minLength: 1 });
const index = fc.nat(serviceCount - 1);

/** Addresses and node ports are a Service's own: the API would not let two have one. */
const anyService = fc
  .record({
    index,
    chosen: chosenPorts,
    hasNodePorts: fc.boolean(),
    secondAddress: fc.nat(9).map((dice) => dice === 0),
    externals: fc.nat(2),
    balancers: fc.nat(2),
    ranges: fc.constantFrom(undefined, [], ['203.0.113.0/25'], ['192.168.0.0/24', '10.1.0.0/16']),
    affinitySeconds: fc.constantFrom(undefined, undefined, 60, 10_800),
    externalTrafficPolicy: policy,
    internalTrafficPolicy: policy,
  })
  .map((one): Change => {
    const key = keyOf(one.index);
    const { affinitySeconds, externalTrafficPolicy, internalTrafficPolicy, ranges } = one;
    const object = service(key, {
      type: one.hasNodePorts ? 'LoadBalancer' : 'ClusterIP',
      clusterIP: `172.30.${one.secondAddress ? 2 : 1}.${one.index + 1}`,
      ports: one.chosen.flatMap((port) => {
        const text = ports[port];
        if (text === undefined) return [];
        return one.hasNodePorts ? [{ ...text, nodePort: 30_000 + one.index * 10 + port }] : [text];
      }),
      externalIPs: many(one.externals, (each) => `192.168.${100 + each}.${one.index + 1}`),
      ingress: many(one.balancers, (each) => ({ ip: `1.2.${each}.${one.index + 1}` })),
      ...(ranges && { loadBalancerSourceRanges: ranges }),
      ...(affinitySeconds !== undefined && { affinitySeconds }),
      ...(externalTrafficPolicy && { externalTrafficPolicy }),
      ...(internalTrafficPolicy && { internalTrafficPolicy }),
    });
    return { of: 'service', key, object };
  });

const anyEndpoint: fc.Arbitrary<EndpointText> = fc
  .record({
    index: fc.nat(endpointPool - 1),
    isHere: fc.boolean(),
    state: fc.constantFrom(
      {},
      {},
      { ready: false },
      { ready: false, serving: true, terminating: true },
      { ready: false, serving: false, terminating: true },
    ),
  })
  .map(({ index: at, isHere, state }) => ({
    address: `10.180.${isHere ? 0 : 1}.${at + 1}`,
    nodeName: isHere ? nodeName : otherNodeName,
    ...state,
  }));

const anySlice = fc
  .record({
    index,
    number: fc.nat(slicesEach - 1),
    endpoints: fc.uniqueArray(anyEndpoint, { maxLength: 8, selector: ({ address }) => address }),
    targets: fc.nat(3),
  })
  .map(({ index: at, number, endpoints, targets }): Change => {
    const key = keyOf(at);
    const moved = ports.map((port) => ({ ...port, port: port.port + (targets === 0 ? 8000 : 0) }));
    const made = slice(key, endpoints, moved);
    const name = `${made.metadata.name}-${number}`;
    const object = { ...made, metadata: { ...made.metadata, name } };
    return { of: 'slice', key: `${key.split('/')[0] ?? ''}/${name}`, object };
  });

const gone = (arbitrary: fc.Arbitrary<Change>) =>
  arbitrary.map((one): Change => ({ ...one, object: null }));

/** Endpoints change more often than Services do. */
const change = fc.oneof(
  { arbitrary: anySlice, weight: 6 },
  { arbitrary: anyService, weight: 3 },
  { arbitrary: gone(anySlice), weight: 1 },
  { arbitrary: gone(anyService), weight: 1 },
);

function keyOf(at: number): string {
  return `churn/s${at}`;
}

function many<T>(count: number, make: (each: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, each) => make(each));
}

import { beforeEach, describe, expect, it } from 'vitest';
import { triggerTimeAnnotation, type EndpointSlice } from './api-objects.ts';
import { createServiceTracker, type ServiceTracker } from './service-tracker.ts';
import { aService, aSlice, type SliceEndpoint } from './testing/objects.ts';

const key = 'ns1/svc1';
const sliceKey = 'ns1/svc1-1';
const portKey = 'IPv4 ns1/svc1:p80/TCP';
const nothing = {
  changed: [],
  removed: [],
  isUdpStale: false,
  udpGone: [],
  triggerTimesMs: [],
  services: 0,
};

let tracker: ServiceTracker;

beforeEach(() => {
  tracker = createServiceTracker({ nodeName: 'node-1', log: () => undefined });
});

function begin(): void {
  tracker.serviceChanged(aService(), key);
  tracker.sliceChanged(aSlice(['10.0.1.1', '10.0.1.2', '10.0.1.3']), sliceKey);
  tracker.takeChanges('IPv4');
}

const here = (address: string, conditions?: SliceEndpoint['conditions']): SliceEndpoint => ({
  addresses: [address],
  nodeName: 'node-1',
  conditions,
});
const draining = { ready: false, serving: true, terminating: true };

describe('changes', () => {
  it('are everything at first, and nothing when taken again', () => {
    expect(tracker.serviceChanged(aService(), key)).toBe(true);
    expect(tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey)).toBe(true);
    const cluster = [{ address: '10.0.1.1', port: 80 }];
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [{ key: portKey, cluster }] });
    expect(tracker.takeChanges('IPv4')).toEqual(nothing);
    expect(tracker.takeChanges('IPv6')).toEqual(nothing);
  });

  it('come together whichever is first, Service or slice', () => {
    expect(tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey)).toBe(true);
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [] });
    tracker.serviceChanged(aService(), key);
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([{ hasEndpoints: true }]);
  });

  it('are none where an object is told again, or changes in what does not matter', () => {
    begin();
    const relabelled = aService({}, { labels: { team: 'a' } });
    expect(tracker.serviceChanged(relabelled, key)).toBe(false);
    const annotated = aSlice(['10.0.1.1', '10.0.1.2', '10.0.1.3'], { annotations: { a: 'b' } });
    expect(tracker.sliceChanged(annotated, sliceKey)).toBe(false);
    expect(tracker.takeChanges('IPv4')).toEqual(nothing);
  });

  it('are none where something changes and changes back', () => {
    begin();
    tracker.serviceChanged(aService({ sessionAffinity: 'ClientIP' }), key);
    tracker.serviceChanged(aService(), key);
    tracker.sliceChanged(null, sliceKey);
    tracker.sliceChanged(aSlice(['10.0.1.3', '10.0.1.1', '10.0.1.2']), sliceKey);
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [], services: 1 });
  });

  it.each([
    ['clusterIP', { clusterIP: '172.30.0.42' }, { clusterIP: '172.30.0.42' }],
    ['port', { ports: [{ name: 'p80', port: 81 }] }, { port: 81 }],
    ['nodePort', { ports: [{ name: 'p80', port: 80, nodePort: 3001 }] }, { nodePort: 3001 }],
    ['externalIPs', { externalIPs: ['192.168.99.22'] }, { externalIPs: ['192.168.99.22'] }],
    ['affinity', { sessionAffinity: 'ClientIP' }, { affinitySeconds: 10_800 }],
    ['internalTrafficPolicy', { internalTrafficPolicy: 'Local' }, { isInternalLocal: true }],
    [
      'loadBalancerSourceRanges',
      { loadBalancerSourceRanges: ['203.0.113.0/25'] },
      { sourceRanges: ['203.0.113.0/25'] },
    ],
  ])('of a Service are told whole: %s', (_, spec, facts) => {
    begin();
    expect(tracker.serviceChanged(aService(spec), key)).toBe(true);
    expect(tracker.takeChanges('IPv4')).toMatchObject({
      changed: [{ key: portKey, hasEndpoints: true, ...facts }],
      removed: [],
    });
  });

  it('of one port leave the others untold', () => {
    const port = (name: string, number: number) => ({ name, port: number });
    tracker.serviceChanged(aService({ ports: [port('a', 1), port('b', 2)] }), key);
    tracker.takeChanges('IPv4');
    tracker.serviceChanged(aService({ ports: [port('a', 1), port('b', 3), port('c', 4)] }), key);
    expect(tracker.takeChanges('IPv4').changed.map(({ portName }) => portName)).toEqual(['b', 'c']);
    tracker.serviceChanged(aService({ ports: [port('c', 4)] }), key);
    expect(tracker.takeChanges('IPv4')).toMatchObject({
      changed: [],
      removed: ['IPv4 ns1/svc1:a/TCP', 'IPv4 ns1/svc1:b/TCP'],
    });
  });

  it.each<readonly [string, EndpointSlice]>([
    ['another address', aSlice(['10.0.1.2'])],
    ['another Service', aSlice(['10.0.1.1'], { service: 'svc2' })],
    ['the number of a port', aSlice(['10.0.1.1'], { ports: [{ name: 'p80', port: 8080 }] })],
    ['the name of a port', aSlice(['10.0.1.1'], { ports: [{ name: 'http', port: 80 }] })],
    ['the protocol', aSlice(['10.0.1.1'], { ports: [{ name: 'p80', protocol: 'UDP', port: 80 }] })],
    ['one port more', aSlice(['10.0.1.1'], { ports: [{ name: 'p80', port: 80 }, { port: 81 }] })],
    ['the node', aSlice([here('10.0.1.1')])],
    ...[{ ready: false }, { serving: false }, { terminating: true }].map(
      (conditions) =>
        [
          `the condition ${Object.keys(conditions).join('')}`,
          aSlice([{ addresses: ['10.0.1.1'], conditions }]),
        ] as const,
    ),
    ...[{ forZones: [{ name: 'a' }] }, { forNodes: [{ name: 'a' }] }].map(
      (hints) =>
        [
          `the hints ${Object.keys(hints).join('')}`,
          aSlice([{ addresses: ['10.0.1.1'], hints }]),
        ] as const,
    ),
  ])('of a slice are noticed: %s', (_, changed) => {
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    expect(tracker.sliceChanged(changed, sliceKey)).toBe(true);
    expect(tracker.sliceChanged(changed, sliceKey)).toBe(false);
  });

  it('of endpoints keep the places of those that stay', () => {
    begin();
    tracker.sliceChanged(aSlice(['10.0.1.0', '10.0.1.2', '10.0.1.3']), sliceKey);
    const [port] = tracker.takeChanges('IPv4').changed;
    expect(port?.cluster.map(({ address }) => address)).toEqual([
      '10.0.1.0',
      '10.0.1.2',
      '10.0.1.3',
    ]);
  });

  it('of where an endpoint runs are told', () => {
    begin();
    tracker.sliceChanged(aSlice(['10.0.1.1', here('10.0.1.2'), '10.0.1.3']), sliceKey);
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([
      { reachableHere: [{ address: '10.0.1.2', port: 80 }] },
    ]);
  });

  it('of what other nodes could serve are told where the policy is Local', () => {
    tracker.serviceChanged(aService({ internalTrafficPolicy: 'Local' }), key);
    tracker.takeChanges('IPv4');
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([
      { cluster: [], local: [], hasEndpoints: true },
    ]);
  });

  it('end the same in whichever order two slices with one address come', () => {
    const hinted = (zone: string) =>
      aSlice([{ addresses: ['10.0.1.1'], hints: { forZones: [{ name: zone }] } }]);
    const other = aSlice([{ addresses: ['10.0.1.2'], hints: { forZones: [{ name: 'b' }] } }]);
    const slices = [
      ['ns1/svc1-1', hinted('a')],
      ['ns1/svc1-2', hinted('b')],
      ['ns1/svc1-3', other],
    ] as const;
    const ends = [slices, slices.toReversed()].map((order) => {
      const each = createServiceTracker({ nodeName: 'node-1', log: () => undefined });
      each.nodeChanged({ 'topology.kubernetes.io/zone': 'b' });
      each.serviceChanged(aService(), key);
      for (const [name, slice] of order) each.sliceChanged(slice, name);
      return each.takeChanges('IPv4').changed[0]?.cluster;
    });
    expect(ends).toEqual(ends.map(() => [{ address: '10.0.1.2', port: 80 }]));
  });

  it('of endpoints that nobody uses are not told', () => {
    begin();
    const unready = { addresses: ['10.0.1.4'], conditions: { ready: false } };
    const endpoints = ['10.0.1.1', '10.0.1.2', '10.0.1.3', unready];
    expect(tracker.sliceChanged(aSlice(endpoints), sliceKey)).toBe(true);
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [], services: 1 });
  });

  it('of a slice that moves to another Service are told of both', () => {
    tracker.serviceChanged(aService({}, { name: 'svc2' }), 'ns1/svc2');
    begin();
    tracker.sliceChanged(aSlice(['10.0.1.1'], { service: 'svc2' }), sliceKey);
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([
      { name: 'svc1', hasEndpoints: false },
      { name: 'svc2', hasEndpoints: true },
    ]);
  });

  it('take a port away when its Service goes, or is proxied no more', () => {
    begin();
    expect(tracker.serviceChanged(null, key)).toBe(true);
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [portKey] });
    tracker.serviceChanged(aService(), key);
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([{ hasEndpoints: true }]);
    tracker.serviceChanged(aService({ type: 'ExternalName' }), key);
    expect(tracker.takeChanges('IPv4').removed).toEqual([portKey]);
  });

  it('are none for what comes and goes untold, and what was never there', () => {
    tracker.serviceChanged(aService(), key);
    tracker.serviceChanged(null, key);
    expect(tracker.serviceChanged(null, 'ns1/never')).toBe(false);
    expect(tracker.sliceChanged(null, 'ns1/never')).toBe(false);
    expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [] });
  });

  it('are of one family each', () => {
    const ipFamilies = ['IPv4', 'IPv6'];
    const clusterIPs = ['172.30.0.41', 'fd00::41'];
    tracker.serviceChanged(aService({ ipFamilies, clusterIPs }), key);
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    tracker.sliceChanged(aSlice(['fd00:1::1'], { addressType: 'IPv6' }), 'ns1/svc1-2');
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([{ clusterIP: '172.30.0.41' }]);
    expect(tracker.takeChanges('IPv6').changed).toMatchObject([
      { clusterIP: 'fd00::41', cluster: [{ address: 'fd00:1::1', port: 80 }] },
    ]);
    tracker.sliceChanged(null, 'ns1/svc1-2');
    expect(tracker.takeChanges('IPv4')).toEqual(nothing);
    expect(tracker.takeChanges('IPv6').changed).toMatchObject([{ hasEndpoints: false }]);
  });

  it('are refused for a family that is not tracked', () => {
    const options = { nodeName: 'node-1', families: ['IPv4'] as const, log: () => undefined };
    const single = createServiceTracker(options);
    expect(() => single.takeChanges('IPv6')).toThrow('IPv6');
  });
});

describe('UDP ports', () => {
  const ports = [
    { name: 'dns', protocol: 'UDP', port: 53, nodePort: 30053 },
    { name: 'p80', protocol: 'TCP', port: 80 },
  ];
  const udp = aService(
    { type: 'LoadBalancer', externalIPs: ['192.168.99.22'], ports, internalTrafficPolicy: 'Local' },
    { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
  );
  const serving = [
    '10.0.1.1',
    { addresses: ['10.0.1.2'], conditions: draining },
    { addresses: ['10.0.1.3'], conditions: { ready: false, serving: false, terminating: true } },
  ];
  const toPort53 = { ports: [{ name: 'dns', protocol: 'UDP', port: 5353 }] };

  it('are told with all endpoints that serve, as of the last take', () => {
    tracker.serviceChanged(udp, key);
    tracker.sliceChanged(aSlice(serving, toPort53), sliceKey);
    const port = {
      key: 'IPv4 ns1/svc1:dns/UDP',
      addresses: ['172.30.0.41', '192.168.99.22', '1.2.3.4'],
      port: 53,
      nodePort: 30053,
      servingIPs: new Set(['10.0.1.1', '10.0.1.2']),
    };
    expect(tracker.udpPorts('IPv4')).toEqual([]);
    tracker.takeChanges('IPv4');
    expect(tracker.udpPorts('IPv4')).toEqual([port]);
  });

  it('may leave flows behind when a serving endpoint goes, the last one too, and when a first one comes', () => {
    const isStale = () => tracker.takeChanges('IPv4').isUdpStale;
    const endpoints = (...addresses: string[]) => {
      tracker.sliceChanged(aSlice(addresses, toPort53), sliceKey);
    };
    tracker.serviceChanged(udp, key);
    expect(isStale(), 'nobody serves yet').toBe(false);
    endpoints('10.0.1.1');
    expect(isStale(), 'the first comes').toBe(true);
    endpoints('10.0.1.1', '10.0.1.2');
    expect(isStale(), 'one more comes').toBe(false);
    tracker.serviceChanged({ ...udp, spec: { ...udp.spec, sessionAffinity: 'ClientIP' } }, key);
    expect(isStale(), 'another affinity').toBe(false);
    endpoints('10.0.1.2', '10.0.1.3');
    expect(isStale(), 'one takes the place of another').toBe(true);
    endpoints('10.0.1.3');
    expect(isStale(), 'one goes').toBe(true);
    endpoints();
    expect(isStale(), 'the last goes').toBe(true);
    endpoints('10.0.1.3');
    expect(isStale(), 'one is back').toBe(true);
    expect(isStale(), 'nothing changes').toBe(false);
  });

  it('may leave flows behind when an endpoint serves no more, but not while it ends', () => {
    tracker.serviceChanged(udp, key);
    const first = { addresses: ['10.0.1.1'] };
    const second = (conditions: SliceEndpoint['conditions']) =>
      aSlice([first, { addresses: ['10.0.1.2'], conditions }], toPort53);
    tracker.sliceChanged(second({ ready: true, serving: true }), sliceKey);
    tracker.takeChanges('IPv4');
    tracker.sliceChanged(second({ ready: false, serving: true, terminating: true }), sliceKey);
    expect(tracker.takeChanges('IPv4').isUdpStale).toBe(false);
    tracker.sliceChanged(second({ ready: false, serving: false, terminating: true }), sliceKey);
    expect(tracker.takeChanges('IPv4').isUdpStale).toBe(true);
  });

  it('are told as they were when the Service goes, or is reached elsewhere', () => {
    const was = {
      key: 'IPv4 ns1/svc1:dns/UDP',
      addresses: ['172.30.0.41', '192.168.99.22', '1.2.3.4'],
      port: 53,
      nodePort: 30053,
      servingIPs: new Set(),
    };
    tracker.serviceChanged(udp, key);
    tracker.sliceChanged(aSlice(serving, toPort53), sliceKey);
    expect(tracker.takeChanges('IPv4').udpGone).toEqual([]);
    tracker.sliceChanged(aSlice([], toPort53), sliceKey);
    expect(tracker.takeChanges('IPv4').udpGone).toEqual([]);
    const elsewhere = { ...udp, spec: { ...udp.spec, externalIPs: ['192.168.99.23'] } };
    tracker.serviceChanged(elsewhere, key);
    expect(tracker.takeChanges('IPv4').udpGone).toEqual([was]);
    tracker.serviceChanged(null, key);
    const addresses = ['172.30.0.41', '192.168.99.23', '1.2.3.4'];
    expect(tracker.takeChanges('IPv4')).toMatchObject({
      isUdpStale: false,
      udpGone: [{ ...was, addresses }],
    });
  });

  it('are none of a Service without UDP', () => {
    tracker.serviceChanged(aService(), key);
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    expect(tracker.takeChanges('IPv4').isUdpStale).toBe(false);
    expect(tracker.udpPorts('IPv4')).toEqual([]);
  });
});

describe('healthCheckNodePort', () => {
  const loadBalancer = aService({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32_000,
    ports: [
      { name: 'p80', port: 80 },
      { name: 'p443', port: 443 },
    ],
  });
  const bothPorts = {
    ports: [
      { name: 'p80', port: 80 },
      { name: 'p443', port: 443 },
    ],
  };
  const health = (localEndpoints: number) => [
    { namespace: 'ns1', name: 'svc1', port: 32_000, localEndpoints },
  ];

  it('counts each ready address on this node once, as of the last take', () => {
    tracker.serviceChanged(loadBalancer, key);
    const endpoints = [here('10.0.1.1'), here('10.0.1.2'), here('10.0.1.3', draining), '10.0.1.4'];
    tracker.sliceChanged(aSlice(endpoints, bothPorts), sliceKey);
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual([]);
    tracker.takeChanges('IPv4');
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual(health(2));
    tracker.sliceChanged(aSlice([here('10.0.1.3', draining)], bothPorts), sliceKey);
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual(health(2));
    tracker.takeChanges('IPv4');
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual(health(0));
  });

  it.each([
    ['the Service goes', null],
    ['the policy is Cluster', { externalTrafficPolicy: 'Cluster' }],
    ['it is no LoadBalancer', { type: 'NodePort' }],
    ['it has no number', { healthCheckNodePort: 0 }],
  ])('is closed when %s', (_, spec) => {
    tracker.serviceChanged(loadBalancer, key);
    tracker.takeChanges('IPv4');
    tracker.serviceChanged(spec && aService({ ...loadBalancer.spec, ...spec }), key);
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual(health(0));
    tracker.takeChanges('IPv4');
    expect(tracker.healthCheckNodePorts('IPv4')).toEqual([]);
  });
});

describe('numbers for metrics', () => {
  it('count changes, and those to be taken', () => {
    expect(tracker.changeCounts('IPv4')).toMatchObject({ servicesTotal: 0, endpointsTotal: 0 });
    tracker.serviceChanged(aService(), key);
    tracker.serviceChanged(aService(), key);
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    tracker.sliceChanged(aSlice(['10.0.1.2']), sliceKey);
    tracker.sliceChanged(aSlice(['10.0.1.2']), sliceKey);
    expect(tracker.changeCounts('IPv4')).toEqual({
      servicesTotal: 2,
      servicesPending: 1,
      endpointsTotal: 3,
      endpointsPending: 2,
    });
    tracker.takeChanges('IPv4');
    expect(tracker.changeCounts('IPv4')).toMatchObject({ servicesPending: 0, endpointsPending: 0 });
  });

  it('count ports whose policy Local misses an endpoint here', () => {
    const none = { internal: 0, external: 0 };
    const ports = [{ name: 'p80', port: 80, nodePort: 30_080 }];
    const external = { type: 'NodePort', externalTrafficPolicy: 'Local', ports };
    tracker.serviceChanged(aService({ ...external, internalTrafficPolicy: 'Local' }), key);
    tracker.takeChanges('IPv4');
    expect(tracker.noLocalEndpoints('IPv4')).toEqual(none);
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    tracker.takeChanges('IPv4');
    expect(tracker.noLocalEndpoints('IPv4')).toEqual({ internal: 1, external: 1 });
    tracker.serviceChanged(aService(external), key);
    tracker.takeChanges('IPv4');
    expect(tracker.noLocalEndpoints('IPv4')).toEqual({ internal: 0, external: 1 });
    tracker.sliceChanged(aSlice(['10.0.1.1', here('10.0.1.2')]), sliceKey);
    tracker.takeChanges('IPv4');
    expect(tracker.noLocalEndpoints('IPv4')).toEqual(none);
  });

  it('count no port for its external policy that has no external address', () => {
    tracker.serviceChanged(aService({ type: 'NodePort', externalTrafficPolicy: 'Local' }), key);
    tracker.sliceChanged(aSlice(['10.0.1.1']), sliceKey);
    tracker.takeChanges('IPv4');
    expect(tracker.noLocalEndpoints('IPv4')).toEqual({ internal: 0, external: 0 });
  });

  it('have the times since when the taken changes waited, the oldest first', () => {
    const inMs = (later: number) => Date.now() + 60_000 + later;
    const [late, later] = [inMs(1), inMs(2)];
    const at = (address: string, time: number, service = 'svc1') =>
      aSlice([address], {
        service,
        annotations: { [triggerTimeAnnotation]: new Date(time).toISOString() },
      });
    tracker.sliceChanged(at('10.0.1.1', later), sliceKey);
    tracker.sliceChanged(at('10.0.2.1', late, 'svc2'), 'ns1/svc2-1');
    // Before the proxy began, unchanged, gone since, or no time: nothing to be measured.
    tracker.sliceChanged(at('10.0.3.1', 0, 'svc3'), 'ns1/svc3-1');
    tracker.sliceChanged(at('10.0.1.1', inMs(3)), sliceKey);
    tracker.sliceChanged(at('10.0.4.1', inMs(4), 'svc4'), 'ns1/svc4-1');
    tracker.sliceChanged(null, 'ns1/svc4-1');
    const annotations = { [triggerTimeAnnotation]: 'yesterday' };
    tracker.sliceChanged(aSlice(['10.0.5.1'], { service: 'svc5', annotations }), 'ns1/svc5-1');
    expect(tracker.takeChanges('IPv4').triggerTimesMs).toEqual([late, later]);
    expect(tracker.takeChanges('IPv4').triggerTimesMs).toEqual([]);
  });
});

it('tells again what it told last, of one Service or of all', () => {
  begin();
  tracker.serviceChanged(aService({}, { name: 'svc2' }), 'ns1/svc2');
  expect(tracker.toldPorts('IPv4').map(({ name }) => name)).toEqual(['svc1']);
  const { changed } = tracker.takeChanges('IPv4');
  expect(tracker.toldPorts('IPv4', 'ns1/svc2')).toEqual(changed);
  expect(tracker.toldPorts('IPv4', 'ns1/never')).toEqual([]);
  expect(tracker.toldPorts('IPv4')).toHaveLength(2);
});

import { describe, expect, it } from 'vitest';
import { categorizeEndpoints, type Place } from './categorize-endpoints.ts';
import type { PortEndpoint } from './endpoint.ts';

type Policies = Parameters<typeof categorizeEndpoints>[1];

/** A row of upstream's `topology_test.go`, or of specification 3.7. Addresses end in what is named. */
interface Row {
  readonly case: string;
  readonly zone?: string;
  readonly nodeName?: string;
  readonly port: Policies;
  readonly endpoints: readonly PortEndpoint[];
  readonly cluster: readonly string[];
  readonly local: readonly string[];
  /** Default: cluster. */
  readonly reachable?: readonly string[];
  /** Default: whether any is reachable. */
  readonly hasEndpoints?: boolean;
}

const clusterIP: Policies = {
  isInternalLocal: false,
  isExternalLocal: false,
  nodePort: 0,
  externalIPs: [],
  loadBalancerIPs: [],
};
const external: Policies = { ...clusterIP, nodePort: 8080 };
const externalLocal: Policies = { ...external, isExternalLocal: true };
const internalLocal: Policies = { ...clusterIP, isInternalLocal: true };

function endpoint(last: string, facts: Partial<PortEndpoint> = {}): PortEndpoint {
  return {
    address: `10.1.2.${last}`,
    port: 80,
    isLocal: false,
    isReady: true,
    isServing: true,
    isTerminating: false,
    zones: null,
    nodes: null,
    ...facts,
  };
}

const here = { isLocal: true };
const unready = { isReady: false, isServing: false };
const draining = { isReady: false, isServing: true, isTerminating: true };
const zone = (...names: string[]) => ({ zones: names.map((name) => `zone-${name}`) });
const node = (name: string) => ({ nodes: [`node-${name}`] });

/** One endpoint each in zones a, b, c and a. */
const zoned = [
  endpoint('3', zone('a')),
  endpoint('4', zone('b')),
  endpoint('5', zone('c')),
  endpoint('6', zone('a')),
];
/** The same, hinted for nodes 1 to 4, too. */
const noded = zoned.map((each, index) => ({ ...each, ...node(String(index + 1)) }));
const oneHere = [endpoint('0', here), endpoint('1')];
const bothHere = [endpoint('0', here), endpoint('1', here)];
const bothRemote = [endpoint('0'), endpoint('1')];
const remoteDraining = [endpoint('0', draining), endpoint('1', draining)];

const topology: readonly Row[] = [
  {
    case: 'should use topology since all endpoints have hints, node has a zone label and there are endpoints for the zone',
    zone: 'zone-a',
    port: clusterIP,
    endpoints: zoned,
    cluster: ['3', '6'],
    local: [],
  },
  ...(
    [
      ['externalTrafficPolicy: Local, topology ignored for Local endpoints', externalLocal],
      [
        'internalTrafficPolicy: Local, topology ignored for Local endpoints',
        { ...external, isInternalLocal: true },
      ],
    ] as const
  ).map(([name, port]): Row => ({
    case: name,
    zone: 'zone-a',
    port,
    endpoints: zoned.map((each, index) => ({ ...each, isLocal: index < 2 })),
    cluster: ['3', '6'],
    local: ['3', '4'],
    reachable: ['3', '4', '6'],
  })),
  {
    case: 'empty node labels',
    port: clusterIP,
    endpoints: [endpoint('3', zone('a'))],
    cluster: ['3'],
    local: [],
  },
  {
    case: 'empty zone label',
    zone: '',
    port: clusterIP,
    endpoints: [endpoint('3', zone('a')), endpoint('4', zone('b'))],
    cluster: ['3', '4'],
    local: [],
  },
  {
    case: 'node in different zone, no endpoint filtering',
    zone: 'zone-b',
    port: clusterIP,
    endpoints: [endpoint('3', zone('a')), endpoint('5', zone('c'))],
    cluster: ['3', '5'],
    local: [],
  },
  {
    case: 'unready endpoint',
    zone: 'zone-a',
    port: clusterIP,
    endpoints: zoned.map((each, index) => ({ ...each, isReady: index !== 3 })),
    cluster: ['3'],
    local: [],
  },
  {
    case: 'only unready endpoints in same zone (should not filter)',
    zone: 'zone-a',
    port: clusterIP,
    endpoints: zoned.map((each, index) => ({ ...each, isReady: index === 1 || index === 2 })),
    cluster: ['4', '5'],
    local: [],
  },
  {
    case: 'missing hints, no filtering applied',
    zone: 'zone-a',
    port: clusterIP,
    endpoints: zoned.map((each, index) => (index === 2 ? { ...each, zones: null } : each)),
    cluster: ['3', '4', '5', '6'],
    local: [],
  },
  {
    case: 'multiple hints per endpoint, filtering includes any endpoint with zone included',
    zone: 'zone-c',
    port: clusterIP,
    endpoints: [
      endpoint('3', zone('a', 'b', 'c')),
      endpoint('4', zone('b', 'c')),
      endpoint('5', zone('b', 'd')),
      endpoint('6', zone('c')),
    ],
    cluster: ['3', '4', '6'],
    local: [],
  },
  {
    case: 'PreferSameNode available',
    zone: 'zone-a',
    nodeName: 'node-1',
    port: clusterIP,
    endpoints: noded,
    cluster: ['3'],
    local: [],
  },
  {
    case: 'PreferSameNode ignored if some endpoints unhinted',
    zone: 'zone-a',
    nodeName: 'node-1',
    port: clusterIP,
    endpoints: noded.map((each, index) =>
      index === 1 ? { ...each, zones: null, nodes: null } : each,
    ),
    cluster: ['3', '4', '5', '6'],
    local: [],
  },
  {
    case: 'PreferSameNode falls back to PreferSameZone if no endpoint for node',
    zone: 'zone-a',
    nodeName: 'node-0',
    port: clusterIP,
    endpoints: noded,
    cluster: ['3', '6'],
    local: [],
  },
  {
    case: 'conflicting topology and localness require merging allEndpoints',
    zone: 'zone-a',
    port: externalLocal,
    endpoints: [
      endpoint('0', { ...here, ...zone('a') }),
      endpoint('1', { ...here, ...zone('b') }),
      endpoint('2', zone('a')),
      endpoint('3', zone('b')),
    ],
    cluster: ['0', '2'],
    local: ['0', '1'],
    reachable: ['0', '1', '2'],
  },
];

const policies: readonly Row[] = [
  {
    case: 'internalTrafficPolicy: Local, with empty endpoints',
    port: internalLocal,
    endpoints: [],
    cluster: [],
    local: [],
  },
  {
    case: 'internalTrafficPolicy: Local, but all endpoints are remote',
    port: internalLocal,
    endpoints: bothRemote,
    cluster: [],
    local: [],
    hasEndpoints: true,
  },
  {
    case: 'internalTrafficPolicy: Local, all endpoints are local',
    port: internalLocal,
    endpoints: bothHere,
    cluster: [],
    local: ['0', '1'],
    reachable: ['0', '1'],
  },
  {
    case: 'internalTrafficPolicy: Local, some endpoints are local',
    port: internalLocal,
    endpoints: oneHere,
    cluster: [],
    local: ['0'],
    reachable: ['0'],
  },
  {
    case: 'Cluster traffic policy, endpoints not Ready',
    port: clusterIP,
    endpoints: [endpoint('0', unready), endpoint('1', unready)],
    cluster: [],
    local: [],
  },
  {
    case: 'Cluster traffic policy, some endpoints are Ready',
    port: clusterIP,
    endpoints: [endpoint('0', unready), endpoint('1')],
    cluster: ['1'],
    local: [],
  },
  {
    case: 'Cluster traffic policy, all endpoints are terminating',
    port: clusterIP,
    endpoints: [endpoint('0', { ...draining, ...here }), endpoint('1', draining)],
    cluster: ['0', '1'],
    local: [],
  },
  {
    case: 'iTP: Local, eTP: Cluster, some endpoints local',
    port: { ...external, isInternalLocal: true },
    endpoints: oneHere,
    cluster: ['0', '1'],
    local: ['0'],
  },
  {
    case: 'iTP: Cluster, eTP: Local, some endpoints local',
    port: externalLocal,
    endpoints: oneHere,
    cluster: ['0', '1'],
    local: ['0'],
  },
  {
    case: 'iTP: Local, eTP: Local, some endpoints local',
    port: { ...externalLocal, isInternalLocal: true },
    endpoints: oneHere,
    cluster: ['0', '1'],
    local: ['0'],
  },
  {
    case: 'iTP: Local, eTP: Local, all endpoints remote',
    port: { ...externalLocal, isInternalLocal: true },
    endpoints: bothRemote,
    cluster: ['0', '1'],
    local: [],
  },
  {
    case: 'iTP: Local, eTP: Local, all endpoints remote and terminating',
    port: { ...externalLocal, isInternalLocal: true },
    endpoints: remoteDraining,
    cluster: ['0', '1'],
    local: [],
  },
  {
    case: 'iTP: Cluster, eTP: Local, with terminating endpoints',
    port: externalLocal,
    endpoints: [
      endpoint('0'),
      endpoint('1', { ...unready, ...here }),
      endpoint('2', { ...draining, ...here }),
      endpoint('3', draining),
    ],
    cluster: ['0'],
    local: ['2'],
    reachable: ['0', '2'],
  },
  {
    case: 'externalTrafficPolicy ignored if not externally accessible',
    port: { ...clusterIP, isExternalLocal: true },
    endpoints: [endpoint('0'), endpoint('1', here)],
    cluster: ['0', '1'],
    local: [],
  },
  {
    case: 'no cluster endpoints for iTP:Local internal-only service',
    port: internalLocal,
    endpoints: [endpoint('0'), endpoint('1', here)],
    cluster: [],
    local: ['1'],
    reachable: ['1'],
  },
];

/** `.1 .2` local and ready, `.3` local and draining, `.4` local and served by nobody, `.5` remote and ready. */
const ready = [
  endpoint('1', here),
  endpoint('2', here),
  endpoint('3', { ...draining, ...here }),
  endpoint('4', { ...here, ...unready, isTerminating: true }),
  endpoint('5'),
];
const ending = ready.map((each) => (each.address.endsWith('4') ? each : { ...each, ...draining }));
const over = ready.map((each) => ({ ...each, ...unready, isTerminating: true }));
const lost = ['1', '4'];

const terminating: readonly Row[] = [
  {
    case: 'Terminating, Local: ready ones are local and remote',
    port: externalLocal,
    endpoints: ready,
    cluster: ['1', '2', '5'],
    local: ['1', '2'],
  },
  {
    case: 'Terminating, Local: those here are draining, one elsewhere is ready',
    port: externalLocal,
    endpoints: [
      ...ending.filter(({ address }) => !lost.some((last) => address.endsWith(last))).slice(0, 2),
      endpoint('5'),
    ],
    cluster: ['5'],
    local: ['2', '3'],
    reachable: ['2', '3', '5'],
  },
  {
    case: 'Terminating, Local: only one elsewhere is draining',
    port: externalLocal,
    endpoints: [endpoint('5', draining)],
    cluster: ['5'],
    local: [],
  },
  {
    case: 'Terminating, Local: nothing serves',
    port: externalLocal,
    endpoints: over,
    cluster: [],
    local: [],
    hasEndpoints: false,
  },
  {
    case: 'Terminating, Cluster: ready ones are there',
    port: external,
    endpoints: ready,
    cluster: ['1', '2', '5'],
    local: [],
  },
  {
    case: 'Terminating, Cluster: all that serve are draining',
    port: external,
    endpoints: ending.slice(1),
    cluster: ['2', '3', '5'],
    local: [],
  },
  {
    case: 'Terminating, Cluster: hints count among ready ones alone',
    zone: 'zone-a',
    port: external,
    endpoints: zoned.map((each) => ({ ...each, ...draining })),
    cluster: ['3', '4', '5', '6'],
    local: [],
  },
  {
    case: 'Terminating, Cluster: nothing serves',
    port: external,
    endpoints: over,
    cluster: [],
    local: [],
    hasEndpoints: false,
  },
];

const rows = [
  ['hints of zones and nodes', topology],
  ['traffic policies', policies],
  ['terminating endpoints', terminating],
] as const;

for (const [what, cases] of rows) {
  describe(what, () => {
    it.each(cases)('$case', (row) => {
      const place: Place = { nodeName: row.nodeName ?? 'here', zone: row.zone ?? '' };
      const selection = categorizeEndpoints(row.endpoints, row.port, place);
      const reachable = row.reachable ?? row.cluster;
      expect({
        cluster: lasts(selection.cluster),
        local: lasts(selection.local),
        reachable: lasts(selection.reachable),
        hasEndpoints: selection.hasEndpoints,
      }).toEqual({
        cluster: row.cluster,
        local: row.local,
        reachable,
        hasEndpoints: row.hasEndpoints ?? reachable.length > 0,
      });
    });
  });
}

function lasts(endpoints: readonly PortEndpoint[]): readonly string[] {
  return endpoints.map(({ address }) => address.slice('10.1.2.'.length)).sort();
}

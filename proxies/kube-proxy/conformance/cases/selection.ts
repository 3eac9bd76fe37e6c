/** Upstream's TestCategorizeEndpoints (specification 3.8), as packets of a pod and of a client outside. */
import { zoneLabel } from '../../endpoints/api-objects.ts';
import { externalClient, nodeIP, nodeName, otherNodeName, pod } from './addresses.ts';
import { service, slice, type EndpointText, type ServiceText } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to } from './write.ts';

interface Row {
  readonly name: string;
  readonly node?: Readonly<Record<string, string>>;
  readonly spec?: Partial<ServiceText>;
  readonly endpoints: readonly EndpointText[];
  /** Who gets a pod's connections to the ClusterIP; `dropped`: there are some, but not for this node. */
  readonly internal: readonly string[] | 'dropped';
  /** Who gets those from outside to the NodePort; a row without has none. */
  readonly external?: readonly string[] | 'dropped';
}

const [three, four, five, six] = ['10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6'] as const;
const [one, two, third, fourth] = ['10.0.2.1', '10.0.2.2', '10.0.2.3', '10.0.2.4'] as const;

const zoneA = { [zoneLabel]: 'zone-a' };
const here = { nodeName };
const there = { nodeName: otherNodeName };
const servingTerminating = { ready: false, serving: true, terminating: true };

/** The endpoints in zones a, b, c and a. */
const zoned: readonly EndpointText[] = [
  { address: three, zoneHints: ['zone-a'] },
  { address: four, zoneHints: ['zone-b'] },
  { address: five, zoneHints: ['zone-c'] },
  { address: six, zoneHints: ['zone-a'] },
];
const all = [three, four, five, six];

/** As they are, with what is said of single ones. */
function zonedBut(changes: Readonly<Record<string, Partial<EndpointText>>>) {
  return zoned.map((endpoint) => ({ ...endpoint, ...changes[endpoint.address] }));
}

const twoLocal = zonedBut({ [three]: here, [four]: here });

const rows: readonly Row[] = [
  { name: 'hints of zones', node: zoneA, endpoints: zoned, internal: [three, six] },
  {
    name: 'externalTrafficPolicy Local: hints do not count for local endpoints',
    node: zoneA,
    spec: { externalTrafficPolicy: 'Local' },
    endpoints: twoLocal,
    internal: [three, six],
    external: [three, four],
  },
  {
    name: 'internalTrafficPolicy Local: hints do not count for local endpoints',
    node: zoneA,
    spec: { internalTrafficPolicy: 'Local' },
    endpoints: twoLocal,
    internal: [three, four],
    external: [three, six],
  },
  { name: 'a node without labels', endpoints: zoned, internal: all },
  { name: 'an empty zone label', node: { [zoneLabel]: '' }, endpoints: zoned, internal: all },
  {
    name: 'a node in a zone without endpoints',
    node: { [zoneLabel]: 'zone-d' },
    endpoints: zoned,
    internal: all,
  },
  {
    name: 'an unready endpoint',
    node: zoneA,
    endpoints: zonedBut({ [six]: { ready: false } }),
    internal: [three],
  },
  {
    name: 'only unready endpoints in the zone',
    node: zoneA,
    endpoints: zonedBut({ [three]: { ready: false }, [six]: { ready: false } }),
    internal: [four, five],
  },
  {
    name: 'an endpoint without hints',
    node: zoneA,
    endpoints: zonedBut({ [five]: { zoneHints: [] } }),
    internal: all,
  },
  {
    name: 'several zones in a hint',
    node: { [zoneLabel]: 'zone-c' },
    endpoints: [
      { address: three, zoneHints: ['zone-a', 'zone-b', 'zone-c'] },
      { address: four, zoneHints: ['zone-b', 'zone-c'] },
      { address: five, zoneHints: ['zone-b', 'zone-d'] },
      { address: six, zoneHints: ['zone-c'] },
    ],
    internal: [three, four, six],
  },
  {
    name: 'hints and places that cross',
    node: zoneA,
    spec: { externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, zoneHints: ['zone-a'], ...here },
      { address: two, zoneHints: ['zone-b'], ...here },
      { address: third, zoneHints: ['zone-a'], ...there },
      { address: fourth, zoneHints: ['zone-b'], ...there },
    ],
    internal: [one, third],
    external: [one, two],
  },
  {
    name: 'hints of nodes',
    node: zoneA,
    endpoints: zonedBut({
      [three]: { nodeHints: [nodeName] },
      [four]: { nodeHints: ['node-2'] },
      [five]: { nodeHints: ['node-3'] },
      [six]: { nodeHints: ['node-4'] },
    }),
    internal: [three],
  },
  {
    name: 'hints of nodes, one missing',
    endpoints: zonedBut({
      [three]: { nodeHints: [nodeName] },
      [four]: { nodeHints: ['node-2'] },
      [five]: { nodeHints: ['node-3'], zoneHints: [] },
      [six]: { nodeHints: [], zoneHints: [] },
    }),
    internal: all,
  },
  {
    name: 'hints of nodes, none for this one, and of zones',
    node: zoneA,
    endpoints: zonedBut({
      [three]: { nodeHints: ['node-2'] },
      [four]: { nodeHints: ['node-3'] },
      [five]: { nodeHints: ['node-4'] },
      [six]: { nodeHints: ['node-5'] },
    }),
    internal: [three, six],
  },
  {
    name: 'internalTrafficPolicy Local, no endpoints',
    spec: { internalTrafficPolicy: 'Local' },
    endpoints: [],
    internal: [],
  },
  {
    name: 'internalTrafficPolicy Local, all remote',
    spec: { internalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...there },
      { address: two, ...there },
    ],
    internal: 'dropped',
  },
  {
    name: 'internalTrafficPolicy Local, some local',
    spec: { internalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...here },
      { address: two, ...there },
    ],
    internal: [one],
  },
  {
    name: 'none ready',
    endpoints: [
      { address: one, ready: false },
      { address: two, ready: false },
    ],
    internal: [],
  },
  {
    name: 'some ready',
    endpoints: [{ address: one, ready: false }, { address: two }],
    internal: [two],
  },
  {
    name: 'all terminating, and serving',
    endpoints: [
      { address: one, ...here, ...servingTerminating },
      { address: two, ...there, ...servingTerminating },
    ],
    internal: [one, two],
  },
  {
    name: 'internal Local, external Cluster',
    spec: { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Cluster' },
    endpoints: [
      { address: one, ...here },
      { address: two, ...there },
    ],
    internal: [one],
    external: [one, two],
  },
  {
    name: 'internal Cluster, external Local',
    spec: { externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...here },
      { address: two, ...there },
    ],
    internal: [one, two],
    external: [one],
  },
  {
    name: 'both Local, some local',
    spec: { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...here },
      { address: two, ...there },
    ],
    internal: [one],
    external: [one],
  },
  {
    name: 'both Local, all remote',
    spec: { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...there },
      { address: two, ...there },
    ],
    internal: 'dropped',
    external: 'dropped',
  },
  {
    name: 'both Local, all remote and terminating',
    spec: { internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...there, ...servingTerminating },
      { address: two, ...there, ...servingTerminating },
    ],
    internal: 'dropped',
    external: 'dropped',
  },
  {
    name: 'external Local, ready ones elsewhere, a terminating one here',
    spec: { externalTrafficPolicy: 'Local' },
    endpoints: [
      { address: one, ...there },
      { address: two, ...here, ready: false, serving: false },
      { address: third, ...here, ...servingTerminating },
      { address: fourth, ...there, ...servingTerminating },
    ],
    internal: [one],
    external: [third],
  },
  {
    name: 'one address in two states: not the terminating one',
    endpoints: [
      { address: one, ...there, ...servingTerminating },
      { address: one, ...there },
      { address: two, ...there },
    ],
    internal: [one, two],
  },
];

const clusterIP = '172.30.0.41';

export const selection = rows.map(
  ({ name, node = {}, spec = {}, endpoints, internal, external }) => {
    const nodePort = external === undefined ? {} : { nodePort: 3001 };
    const fromOutside = spec.externalTrafficPolicy === 'Local' ? to : masqueradedTo;
    return conformanceCase(
      `selection: ${name}`,
      [
        {
          name: 'as it is',
          services: [
            service('ns1/svc1', {
              ...spec,
              type: external === undefined ? 'ClusterIP' : 'NodePort',
              clusterIP,
              ports: [{ name: 'p80', port: 80, ...nodePort }],
            }),
          ],
          slices: [slice('ns1/svc1', endpoints)],
          flows: [
            flow('pod to ClusterIP', pod, clusterIP, 80, outcome(internal, to)),
            ...(external === undefined
              ? []
              : [
                  flow(
                    'external to NodePort',
                    externalClient,
                    nodeIP,
                    3001,
                    outcome(external, fromOutside),
                  ),
                ]),
          ],
        },
      ],
      { nodeLabels: node },
    );
  },
);

function outcome(addresses: readonly string[] | 'dropped', send: typeof to) {
  if (addresses === 'dropped') return DROP;
  return addresses.length === 0 ? REJECT : send(...addresses.map((address) => `${address}:80`));
}

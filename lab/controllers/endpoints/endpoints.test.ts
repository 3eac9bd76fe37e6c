import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { now } from '../objects/meta.ts';
import type { Endpoint, Endpoints, EndpointSlice } from '../objects/service.ts';
import { createNode, paths, pod } from '../testing/objects.ts';
import { startWorld, until, type World } from '../testing/start-world.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld({ controllers: {} });
  for (const name of ['node-1', 'node-2']) {
    await createNode(world.client, name, {
      labels: { 'topology.kubernetes.io/zone': `zone-${name}` },
    });
  }
});

afterEach(() => world[Symbol.asyncDispose]());

const create = (name: string, spec: object, metadata: object = {}) =>
  world.client.create(paths.services, { metadata: { name, ...metadata }, spec });

const selector = { app: 'web' };
const ports = [{ port: 80, targetPort: 8080 }];

interface PodOptions {
  readonly node?: string;
  readonly isReady?: boolean;
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

let lastHost = 1;

/** A pod that runs, with an address of each family. */
async function run(name: string, options: PodOptions = {}): Promise<string> {
  const { node = 'node-1', isReady = true, spec = {}, labels = selector } = options;
  await world.client.create(paths.pods, pod(name, { labels, spec: { nodeName: node, ...spec } }));
  const ip = `10.244.${Math.floor(++lastHost / 250)}.${1 + (lastHost % 250)}`;
  const podIPs = [{ ip }, { ip: `fd00:10:244:1::${lastHost.toString(16)}` }];
  await setStatus(name, { phase: 'Running', podIP: ip, podIPs, ...readiness(isReady) });
  return ip;
}

const setStatus = (name: string, status: object) =>
  world.client.patch(`${paths.pods}/${name}/status`, 'strategic-merge', { status });

const readiness = (isReady: boolean) => ({
  conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: now() }],
});

async function slicesOf(
  service: string,
  isSo: (endpoints: readonly Endpoint[], slices: readonly EndpointSlice[]) => boolean,
): Promise<readonly EndpointSlice[]> {
  const own = (all: readonly EndpointSlice[]) =>
    all.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  const found = await until<EndpointSlice>(world.client, paths.slices, (all) => {
    const slices = own(all);
    return isSo(
      slices.flatMap(({ endpoints }) => endpoints ?? []),
      slices,
    );
  });
  return own(found);
}

async function endpointsOf(
  service: string,
  isSo: (found: Endpoints) => boolean,
): Promise<Endpoints> {
  const isIt = (one: Endpoints) => one.metadata.name === service && isSo(one);
  const found = (
    await until<Endpoints>(world.client, paths.endpoints, (all) => all.some(isIt))
  ).find(isIt);
  if (!found) throw new Error('no Endpoints');
  return found;
}

describe('EndpointSlices of a Service', () => {
  it('name each pod with its address, port, node and zone', async () => {
    await create(
      'web',
      { selector, ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }] },
      { labels: { team: 'a' } },
    );
    const ip = await run('one');
    const [slice] = await slicesOf('web', ([one]) => one?.conditions?.ready === true);
    expect(slice).toMatchObject({
      metadata: {
        generateName: 'web-',
        labels: {
          team: 'a',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [
          { kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'http' }],
      endpoints: [
        {
          addresses: [ip],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'node-1',
          zone: 'zone-node-1',
          targetRef: { kind: 'Pod', namespace: 'default', name: 'one' },
        },
      ],
    });
  });

  it('follow readiness, and show what is ending but still serves', async () => {
    await create('web', { selector, ports });
    await run('one', { isReady: false });
    await slicesOf('web', ([one]) => one?.conditions?.ready === false && !one.conditions.serving);
    await setStatus('one', readiness(true));
    await slicesOf('web', ([one]) => one?.conditions?.ready === true);
    await world.client.delete(`${paths.pods}/one`);
    const [slice] = await slicesOf('web', ([one]) => one?.conditions?.terminating === true);
    expect(slice?.endpoints?.[0]?.conditions).toEqual({
      ready: false,
      serving: true,
      terminating: true,
    });
    await world.client.delete(`${paths.pods}/one`, { gracePeriodSeconds: 0 });
    const [empty] = await slicesOf('web', (all) => all.length === 0);
    expect(empty?.ports ?? []).toEqual([]);
  });

  it('take the port that each pod gives the name to', async () => {
    await create('web', { selector, ports: [{ port: 80, targetPort: 'http' }] });
    const withPort = (containerPort: number) => ({
      spec: { containers: [{ name: 'a', image: 'a', ports: [{ name: 'http', containerPort }] }] },
    });
    await run('one', withPort(8080));
    await run('two', withPort(9090));
    const slices = await slicesOf('web', (all) => all.length === 2);
    expect(slices.map((slice) => slice.ports?.[0]?.port).sort()).toEqual([8080, 9090]);
  });

  it('hold a hundred endpoints each, and change only where something changed', async () => {
    await create('web', { selector, ports });
    const names = Array.from({ length: 150 }, (_, index) => `pod-${index}`);
    await Promise.all(names.map((name) => run(name)));
    const slices = await slicesOf('web', (all) => all.length === 150 && all.every(isReady));
    expect(slices.length).toBeLessThanOrEqual(3);
    expect(Math.max(...slices.map(({ endpoints }) => endpoints?.length ?? 0))).toBeLessThanOrEqual(
      100,
    );
    const before = world.requests.length;
    await setStatus('pod-7', readiness(false));
    await slicesOf('web', (all) => all.filter(isReady).length === 149);
    const writes = world.requests
      .slice(before)
      .filter(({ method, url }) => method !== 'GET' && url?.includes('endpointslices'));
    expect(writes).toHaveLength(1);
  });

  it('come for each family of a Service with two', async () => {
    await create('web', {
      selector,
      ports,
      ipFamilyPolicy: 'RequireDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
    });
    await run('one');
    const slices = await slicesOf('web', (all) => all.length === 2);
    expect(slices.map(({ addressType }) => addressType).sort()).toEqual(['IPv4', 'IPv6']);
  });

  it('publish what is not ready where the Service says so, and names of a headless one', async () => {
    await create('db', { selector, ports, clusterIP: 'None', publishNotReadyAddresses: true });
    await run('one', { isReady: false, spec: { hostname: 'first', subdomain: 'db' } });
    const [slice] = await slicesOf('db', ([one]) => one?.conditions?.ready === true);
    expect(slice?.endpoints?.[0]?.hostname).toBe('first');
    expect(slice?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  });

  it('say for which zone each endpoint is meant where near ones are preferred', async () => {
    await create('web', { selector, ports, trafficDistribution: 'PreferClose' });
    await run('one', { node: 'node-1' });
    await run('two', { node: 'node-2' });
    const slices = await slicesOf(
      'web',
      (all) => all.length === 2 && all.every(({ hints }) => hints),
    );
    const hints = slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map(({ zone, hints: given }) => [zone, given?.forZones?.[0]?.name]);
    expect(hints.sort()).toEqual([
      ['zone-node-1', 'zone-node-1'],
      ['zone-node-2', 'zone-node-2'],
    ]);
  });

  it('follow a selector and labels that change', async () => {
    await create('web', { selector, ports });
    await run('one');
    await run('two', { labels: { app: 'other' } });
    await slicesOf('web', ([one, two]) => one?.targetRef?.name === 'one' && !two);
    await world.client.patch(`${paths.services}/web`, 'merge', {
      spec: { selector: { app: 'other' } },
    });
    await slicesOf('web', ([one, two]) => one?.targetRef?.name === 'two' && !two);
    await world.client.patch(`${paths.pods}/two`, 'merge', {
      metadata: { labels: { app: 'gone' } },
    });
    await slicesOf('web', (all) => all.length === 0);
  });

  it('go with their Service', async () => {
    await create('web', { selector, ports });
    await run('one');
    await slicesOf('web', (all) => all.length === 1);
    await world.client.delete(`${paths.services}/web`);
    await slicesOf('web', (_, slices) => slices.length === 0);
    await until(
      world.client,
      paths.endpoints,
      (all) => !all.some(({ metadata }) => metadata.name === 'web'),
    );
  });

  it('are made again when somebody deletes them, and never doubled', async () => {
    await create('web', { selector, ports });
    await run('one');
    const [slice] = await slicesOf('web', (all) => all.length === 1);
    await world.client.delete(`${paths.slices}/${slice?.metadata.name ?? ''}`);
    const again = await slicesOf(
      'web',
      ([one], [made]) => one !== undefined && made?.metadata.uid !== slice?.metadata.uid,
    );
    expect(again).toHaveLength(1);
  });
});

describe('with caches that are always a little old', () => {
  it('EndpointSlices are never doubled', async () => {
    await using late = await startWorld({ controllers: { lagMs: 30 } });
    const made = new Set<string>();
    const stop = new AbortController();
    const { signal } = stop;
    const watching = late.client
      .watch<EndpointSlice>(paths.slices, { resourceVersion: '0', signal }, ({ type, object }) => {
        if (type === 'ADDED') made.add(object.metadata.name);
      })
      .catch(() => undefined);
    const isLabelled = (value: string) => (all: readonly EndpointSlice[]) =>
      all.some(({ metadata }) => metadata.labels?.turn === value);
    await late.client.create(paths.services, {
      metadata: { name: 'web' },
      spec: { selector, ports },
    });
    for (const turn of ['1', '2', '3', '4', '5']) {
      await late.client.patch(`${paths.services}/web`, 'merge', { metadata: { labels: { turn } } });
    }
    await until<EndpointSlice>(late.client, paths.slices, isLabelled('5'));
    stop.abort();
    await watching;
    expect(made.size).toBe(1);
  });
});

describe('Endpoints of a Service', () => {
  it('show what is ready apart from what is not, in the order of the addresses', async () => {
    await create('web', { selector, ports });
    const ready = [await run('b'), await run('a')].sort();
    const waiting = await run('c', { isReady: false });
    const { subsets, metadata } = await endpointsOf(
      'web',
      (one) =>
        one.subsets?.[0]?.addresses?.length === 2 && one.subsets[0].notReadyAddresses !== undefined,
    );
    expect(subsets).toHaveLength(1);
    expect(subsets?.[0]?.addresses?.map(({ ip }) => ip)).toEqual(ready);
    expect(subsets?.[0]?.notReadyAddresses?.map(({ ip }) => ip)).toEqual([waiting]);
    expect(subsets?.[0]?.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    expect(metadata.labels).toMatchObject({
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    });
  });

  it('leave out pods that are ending', async () => {
    await create('web', { selector, ports });
    await run('one');
    await endpointsOf('web', (one) => one.subsets?.[0]?.addresses?.length === 1);
    await world.client.delete(`${paths.pods}/one`);
    await endpointsOf('web', (one) => (one.subsets ?? []).length === 0);
  });
});

describe('Endpoints made by hand', () => {
  const subsets = [
    {
      addresses: [{ ip: '192.0.2.44' }, { ip: '2001:db8::44' }],
      notReadyAddresses: [{ ip: '192.0.2.45' }],
      ports: [{ name: 'http', port: 80 }],
    },
  ];
  const byHand = (metadata: object = {}) =>
    world.client.create(paths.endpoints, { metadata: { name: 'outside', ...metadata }, subsets });

  it('are mirrored for a Service without a selector, a family a slice', async () => {
    await create('outside', { ports: [{ name: 'http', port: 80 }] });
    await byHand({ labels: { team: 'a' } });
    const slices = await slicesOf('outside', (all) => all.length === 3);
    expect(slices.map(({ addressType }) => addressType).sort()).toEqual(['IPv4', 'IPv6']);
    const four = slices.find(({ addressType }) => addressType === 'IPv4');
    expect(four).toMatchObject({
      metadata: {
        labels: {
          team: 'a',
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Endpoints', name: 'outside' }],
      },
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    });
    const conditions = four?.endpoints?.map((one) => [one.addresses[0], one.conditions?.ready]);
    expect(conditions).toEqual([
      ['192.0.2.44', true],
      ['192.0.2.45', false],
    ]);
    await world.client.delete(`${paths.endpoints}/outside`);
    await slicesOf('outside', (_, all) => all.length === 0);
  });

  it('are not mirrored where they say so', async () => {
    await create('outside', { ports: [{ name: 'http', port: 80 }] });
    await byHand({ labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } });
    await create('web', { selector, ports });
    await run('one');
    await slicesOf('web', (all) => all.length === 1);
    expect(await slicesOf('outside', () => true)).toEqual([]);
  });
});

function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready === true;
}

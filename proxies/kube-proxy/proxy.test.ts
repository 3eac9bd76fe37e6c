import { expect, it } from 'vitest';
import type { ForwardedFlow } from './dataplane.ts';
import type { KubeProxyOptions } from './options.ts';
import type { KubeProxy } from './proxy.ts';
import { createFakeClock } from '../kit/testing/fake-clock.ts';
import { node, paths, service, slice } from './testing/objects.ts';
import { nextSync, startWorld, type World } from './testing/start-world.ts';

/** `default/web` with one endpoint, written. */
async function serveWeb(world: World, options: Partial<KubeProxyOptions> = {}): Promise<KubeProxy> {
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.2']));
  const proxy = await world.start(options);
  await proxy.synced;
  return proxy;
}

function backendsOf(world: World): readonly string[] | undefined {
  const port = world.mode.of('IPv4').ports.get('IPv4 default/web:http/TCP');
  return port?.cluster.map(({ address }) => address);
}

it('writes all that the API lists, page by page, in its first sync', async () => {
  await using world = await startWorld(2);
  for (let number = 1; number <= 5; number += 1) {
    world.apiserver.put(paths.services, service(`web-${number}`, `10.96.0.${number}`));
    world.apiserver.put(paths.slices, slice(`web-${number}`, [`10.244.1.${number}`]));
  }
  const proxy = await world.start();
  await proxy.synced;
  expect(world.mode.of('IPv4').changes).toHaveLength(1);
  expect(world.mode.of('IPv4').ports.size).toBe(5);
  expect(world.mode.of('IPv6').ports.size).toBe(0);
  expect(proxy.recentSyncs).toContainEqual(
    expect.objectContaining({ family: 'IPv4', kind: 'full', changed: 5, removed: 0, error: null }),
  );
});

it('writes nothing before it knows the Services and the slices', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  world.apiserver.refuse(paths.slices, 503);
  const proxy = await world.start();
  await world.apiserver.untilWatched(paths.services);
  expect(world.mode.dataplanes).toEqual([]);
  world.apiserver.refuse(paths.slices, 0);
  await proxy.synced;
  expect(world.mode.of('IPv4').ports.size).toBe(1);
});

it('asks for no Service and no slice that is somebody else’s, and for its own Node alone', async () => {
  await using world = await startWorld();
  await (
    await world.start()
  ).synced;
  const lists = world.apiserver.requests.filter((request) => request.includes('limit=500'));
  const selectors = lists.map((request) => {
    const { pathname, searchParams } = new URL(request.split(' ')[1] ?? '', 'http://apiserver');
    return [pathname, searchParams.get('labelSelector'), searchParams.get('fieldSelector')];
  });
  const proxied = '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name';
  expect(selectors).toContainEqual([paths.services, proxied, null]);
  expect(selectors).toContainEqual([paths.slices, proxied, null]);
  expect(selectors).toContainEqual([paths.nodes, null, 'metadata.name=node-1']);
});

it('tells the dataplane what changed, and no more', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.services, service('other', '10.96.0.11'));
  const proxy = await serveWeb(world);
  const added = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.2', '10.244.1.3']));
  expect(await added).toMatchObject({ family: 'IPv4', kind: 'partial', changed: 1, removed: 0 });
  expect(backendsOf(world)).toEqual(['10.244.1.2', '10.244.1.3']);
  const gone = nextSync(proxy, ({ removed }) => removed === 1);
  world.apiserver.remove(paths.services, 'default/web');
  expect(await gone).toMatchObject({ changed: 0, removed: 1 });
  expect([...world.mode.of('IPv4').ports.keys()]).toEqual(['IPv4 default/other:http/TCP']);
});

it('goes on where it was when watches break off, bookmarks have come, and history is gone', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  await world.apiserver.untilWatched(paths.slices);
  world.apiserver.bookmark();
  world.apiserver.disconnect();
  const first = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  await first;
  expect(backendsOf(world)).toEqual(['10.244.1.3']);
  const second = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.disconnect();
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.4']));
  world.apiserver.compact();
  await second;
  expect(backendsOf(world)).toEqual(['10.244.1.4']);
});

it('takes a new dataplane when the node has another address, and tells it everything', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  const [first] = world.mode.dataplanes;
  const synced = nextSync(proxy, ({ family, changed }) => family === 'IPv4' && changed === 1);
  world.apiserver.put(paths.nodes, {
    ...node(),
    status: { addresses: [{ type: 'InternalIP', address: '172.30.0.99' }] },
  } as never);
  await synced;
  expect(first?.isClosed).toBe(true);
  expect(first?.options.nodeIPs).toEqual(['172.30.0.21']);
  expect(world.mode.of('IPv4').options).toMatchObject({
    nodeIPs: ['172.30.0.99'],
    nodePortIPs: ['172.30.0.99'],
  });
  expect(backendsOf(world)).toEqual(['10.244.1.2']);
});

it('leaves everything as it is when the node only says that it is well', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  const before = world.mode.of('IPv4').changes.length;
  world.apiserver.put(paths.nodes, node());
  const changed = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  await changed;
  expect(world.mode.of('IPv4').changes).toHaveLength(before + 1);
});

it('takes pods’ ranges from the Node when it is told to', async () => {
  await using world = await startWorld();
  const proxy = await world.start({ settings: { detectLocal: { mode: 'NodeCIDR' } } });
  await proxy.synced;
  expect(world.mode.of('IPv4').options.podCIDRs).toEqual(['10.244.1.0/24']);
});

it('tells pods by their interface when it is told to', async () => {
  await using world = await startWorld();
  const detectLocal = { mode: 'InterfaceNamePrefix', interfaceNamePrefix: 'veth' } as const;
  await (
    await world.start({ settings: { detectLocal } })
  ).synced;
  expect(world.mode.of('IPv6').options).toMatchObject({
    podCIDRs: [],
    podInterface: { name: 'veth', isPrefix: true },
  });
});

it('passes on the ServiceCIDRs, and does without where the API has none', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.serviceCIDRs, {
    metadata: { name: 'kubernetes' },
    spec: { cidrs: ['10.96.0.0/16', 'fd00:96::/112'] },
  } as never);
  await (
    await world.start()
  ).synced;
  expect(world.mode.of('IPv4').changes[0]?.serviceCIDRs).toEqual(['10.96.0.0/16']);
  expect(world.mode.of('IPv6').changes[0]?.serviceCIDRs).toEqual(['fd00:96::/112']);

  await using older = await startWorld();
  older.apiserver.refuse(paths.serviceCIDRs, 404);
  await (
    await older.start()
  ).synced;
  expect(older.mode.of('IPv4').changes[0]?.serviceCIDRs).toEqual([]);
});

it('repairs what somebody else changed, at once', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  const repaired = nextSync(proxy, ({ family }) => family === 'IPv4');
  world.mode.of('IPv4').drift('nft (pid 42)');
  expect(await repaired).toMatchObject({ family: 'IPv4', kind: 'full', changed: 0 });
  expect(world.logged.join('\n')).toContain('nft (pid 42) changed what is kube-proxy');
});

it('tries again after a sync that failed, and says so where it is asked', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  const dataplane = world.mode.of('IPv4');
  const failed = nextSync(proxy, ({ error }) => error !== null);
  dataplane.failure = 'Could not process rule: No such file or directory';
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  expect(await failed).toMatchObject({ family: 'IPv4', error: dataplane.failure });
  expect(await metricsOf(proxy)).toContain(
    'kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family="IPv4"} 1\n',
  );
  dataplane.failure = null;
  const repaired = nextSync(proxy, ({ family }) => family === 'IPv4');
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.4']));
  expect(await repaired).toMatchObject({ kind: 'full', error: null });
});

it('looks for UDP flows first, when endpoints go, and when Services do; not for what else changes', async () => {
  await using world = await startWorld();
  const udp = { ports: [{ name: 'dns', protocol: 'UDP', port: 53 }] };
  const dns = {
    ...slice('dns', ['10.244.1.9']),
    ports: [{ name: 'dns', protocol: 'UDP', port: 53 }],
  };
  world.apiserver.put(paths.services, service('dns', '10.96.0.53', udp));
  world.apiserver.put(paths.services, service('time', '10.96.0.12', udp));
  world.apiserver.put(paths.slices, dns);
  const clock = createFakeClock();
  const proxy = await serveWeb(world, { clock });
  const told = () =>
    world.mode.udpCleanups.map((ports) =>
      ports
        .map(({ addresses, servingIPs }) => `${addresses.join()} ${[...servingIPs].join()}`)
        .toSorted(),
    );
  const time = '10.96.0.12 ';
  await clock.pass(0);
  expect(told()).toEqual([[time, '10.96.0.53 10.244.1.9']]);
  await clock.pass(5000);
  const other = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  await other;
  const more = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, { ...slice('dns', ['10.244.1.9', '10.244.1.10']), ...udp });
  await more;
  await clock.pass(5000);
  expect(told()).toHaveLength(1);
  const emptied = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, { ...dns, endpoints: [] } as never);
  await emptied;
  await clock.pass(0);
  expect(told().slice(1)).toEqual([[time, '10.96.0.53 ']]);
  const gone = nextSync(proxy, ({ removed }) => removed === 1);
  world.apiserver.remove(paths.services, 'default/dns');
  await gone;
  await clock.pass(0);
  expect(told(), 'not so soon again').toHaveLength(2);
  await clock.pass(1000);
  expect(told().slice(2)).toEqual([[time, '10.96.0.53 ']]);
});

it('records that it starts', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  await expect
    .poll(() => world.apiserver.posted, { timeout: 20_000 })
    .toContainEqual({
      path: paths.events,
      object: expect.objectContaining({
        involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'node-1' },
        reason: 'Starting',
        type: 'Normal',
        reportingComponent: 'kube-proxy',
        action: 'StartKubeProxy',
      }) as unknown,
    });
  expect(proxy.nodeName).toBe('node-1');
});

it('tells flows to whoever listens, also over a dataplane that is made anew', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  expect(world.mode.of('IPv4').flowListeners).toBe(0);
  const seen: ForwardedFlow[] = [];
  const flow: ForwardedFlow = {
    protocol: 'TCP',
    source: '10.244.2.2:40000',
    destination: '10.96.0.10:80',
    backend: '10.244.1.2:8080',
    isMasqueraded: false,
    servicePort: 'IPv4 default/web:http/TCP',
  };
  const listening = proxy.onFlow((one) => seen.push(one));
  await listening.ready;
  world.mode.of('IPv4').flow(flow);
  const synced = nextSync(proxy, ({ family, changed }) => family === 'IPv4' && changed === 1);
  world.apiserver.put(paths.nodes, {
    ...node(),
    status: { addresses: [{ type: 'InternalIP', address: '172.30.0.99' }] },
  } as never);
  await synced;
  world.mode.of('IPv4').flow(flow);
  listening[Symbol.dispose]();
  expect(world.mode.of('IPv4').flowListeners).toBe(0);
  expect(seen).toEqual([flow, flow]);
});

it('describes what a Service causes, in each family', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  expect(await proxy.describe('default/web')).toEqual({
    mode: 'nftables',
    families: [
      { family: 'IPv4', lines: ['IPv4 default/web:http/TCP'] },
      { family: 'IPv6', lines: [] },
    ],
  });
  expect((await proxy.describe('default/none')).families[0]?.lines).toEqual([]);
});

it('leaves what it has written when it ends', async () => {
  await using world = await startWorld();
  const proxy = await serveWeb(world);
  await proxy[Symbol.asyncDispose]();
  expect(world.mode.of('IPv4').isClosed).toBe(true);
  expect(world.mode.of('IPv4').ports.size).toBe(1);
});

async function metricsOf({ metricsAddress }: KubeProxy): Promise<string> {
  return (await fetch(`http://${metricsAddress}/metrics`)).text();
}

import { expect, it } from 'vitest';
import type { KubeObject } from '../../kit/api/api-client.ts';
import type { KubeProxy } from '../proxy.ts';
import { createFakeClock } from '../../kit/testing/fake-clock.ts';
import { createFakeMode } from '../testing/fake-mode.ts';
import { paths, service, slice } from '../testing/objects.ts';
import { nextSync, startWorld, type World } from '../testing/start-world.ts';

/** Later than the machine's: what changed before a proxy was there is not measured. */
const startedAt = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time';

it('says what has happened, by upstream’s names', async () => {
  const clock = createFakeClock(startedAt);
  await using world = await startWorld();
  putServices(world);
  const proxy = await world.start({ clock });
  await proxy.synced;

  await clock.pass(5000);
  const changedAt = new Date(startedAt + 3000).toISOString();
  const added = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3'], { [triggerTime]: changedAt }));
  await added;
  expect(Object.fromEntries(await samplesOf(proxy))).toMatchObject({
    ...ofFamily('sync_proxy_rules_endpoint_changes_pending', 0, 0),
  });

  await clock.pass(1000);
  const dataplane = world.mode.of('IPv4');
  dataplane.failure = 'No such file or directory';
  const failed = nextSync(proxy, ({ error }) => error !== null);
  const changedAgainAt = new Date(startedAt + 5500).toISOString();
  world.apiserver.put(
    paths.slices,
    slice('web', ['10.244.1.4'], { [triggerTime]: changedAgainAt }),
  );
  await failed;

  await clock.pass(1000);
  dataplane.failure = null;
  dataplane.cleanupError = 'Device or resource busy';
  const gone = nextSync(proxy, ({ removed }) => removed === 1);
  world.apiserver.remove(paths.services, 'default/dns');
  await gone;
  for (const path of ['healthz', 'healthz', 'livez', 'other']) {
    await fetch(`http://${proxy.healthzAddress ?? ''}/${path}`);
  }

  const samples = await samplesOf(proxy);
  const now = startedAt / 1000 + 7;
  expect(Object.fromEntries(samples.filter(([name]) => !name.includes('_bucket')))).toEqual({
    ...ofFamily('sync_proxy_rules_duration_seconds_count', 3, 1),
    ...ofFamily('sync_proxy_rules_duration_seconds_sum', 0.003, 0.001),
    ...ofFamily('sync_full_proxy_rules_duration_seconds_count', 2, 1),
    ...ofFamily('sync_full_proxy_rules_duration_seconds_sum', 0.002, 0.001),
    ...ofFamily('sync_partial_proxy_rules_duration_seconds_count', 1, 0),
    ...ofFamily('sync_partial_proxy_rules_duration_seconds_sum', 0.001, 0),
    ...ofFamily('sync_proxy_rules_last_timestamp_seconds', now, startedAt / 1000),
    ...ofFamily('sync_proxy_rules_last_queued_timestamp_seconds', now, startedAt / 1000),
    ...ofFamily('network_programming_duration_seconds_count', 2, 0),
    ...ofFamily('network_programming_duration_seconds_sum', 3.5, 0),
    ...ofFamily('sync_proxy_rules_endpoint_changes_pending', 0, 0),
    ...ofFamily('sync_proxy_rules_endpoint_changes_total', 5, 0),
    ...ofFamily('sync_proxy_rules_service_changes_pending', 0, 0),
    ...ofFamily('sync_proxy_rules_service_changes_total', 4, 3),
    ...ofFamily('sync_proxy_rules_nftables_sync_failures_total', 1, 0),
    ...ofFamily('sync_proxy_rules_nftables_cleanup_failures_total', 1, 0),
    ...ofFamily('conntrack_reconciler_sync_duration_seconds_count', 2, 0),
    ...ofFamily('conntrack_reconciler_sync_duration_seconds_sum', 0.006, 0),
    ...ofFamily('conntrack_reconciler_deleted_entries_total', 4, 0),
    'sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"}': 1,
    'sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"}': 0,
    'sync_proxy_rules_no_local_endpoints_total{ip_family="IPv6",traffic_policy="internal"}': 0,
    'sync_proxy_rules_no_local_endpoints_total{ip_family="IPv6",traffic_policy="external"}': 0,
    'proxy_healthz_total{code="200"}': 2,
    'proxy_livez_total{code="200"}': 1,
  });
});

it('has upstream’s buckets', async () => {
  await using world = await startWorld();
  const proxy = await world.start({ settings: { families: ['IPv4'] } });
  const bounds = (metric: string) =>
    samplesOf(proxy).then((samples) =>
      samples.flatMap(([name]) => {
        const [, of, bound] = /^(\w+)_bucket\{ip_family="IPv4",le="(.*)"\}$/.exec(name) ?? [];
        return of === metric ? [bound] : [];
      }),
    );
  expect(await bounds('sync_proxy_rules_duration_seconds')).toEqual(
    '0.001 0.002 0.004 0.008 0.016 0.032 0.064 0.128 0.256 0.512 1.024 2.048 4.096 8.192 16.384 +Inf'.split(
      ' ',
    ),
  );
  const programming = await bounds('network_programming_duration_seconds');
  expect(programming).toHaveLength(82);
  expect(programming.slice(0, 5)).toEqual(['0', '0.25', '0.5', '1', '2']);
  expect(programming.slice(60, 64)).toEqual(['58', '59', '60', '65']);
  expect(programming.slice(-4)).toEqual(['240', '270', '300', '+Inf']);
});

it('has nothing of nftables in user space, though a sync fails', async () => {
  await using world = await startWorld();
  const mode = createFakeMode('userspace');
  const proxy = await world.start({ mode });
  await proxy.synced;
  const failed = nextSync(proxy, ({ error }) => error !== null);
  mode.of('IPv4').failure = 'address in use';
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  await failed;
  const names = (await samplesOf(proxy)).map(([name]) => name);
  expect(names).toContain('sync_proxy_rules_duration_seconds_count{ip_family="IPv4"}');
  expect(names.filter((name) => name.includes('nftables'))).toEqual([]);
});

/** One with an endpoint here, one whose endpoints are elsewhere and must not be, one of UDP. */
function putServices({ apiserver }: World): void {
  apiserver.put(paths.services, service('web', '10.96.0.10'));
  apiserver.put(paths.slices, slice('web', ['10.244.1.2']));
  const local = { internalTrafficPolicy: 'Local' };
  apiserver.put(paths.services, service('agent', '10.96.0.11', local));
  const elsewhere = [{ addresses: ['10.244.2.2'], nodeName: 'node-2' }];
  apiserver.put(paths.slices, {
    ...slice('agent', []),
    ...inIPv4,
    endpoints: elsewhere,
  } as KubeObject);
  const udp = { ports: [{ name: 'http', protocol: 'UDP', port: 53 }] };
  apiserver.put(paths.services, service('dns', '10.96.0.53', udp));
  apiserver.put(paths.slices, { ...slice('dns', ['10.244.1.9']), ...udp });
}

const inIPv4 = { addressType: 'IPv4' };

function ofFamily(name: string, ipv4: number, ipv6: number): Readonly<Record<string, number>> {
  return { [`${name}{ip_family="IPv4"}`]: ipv4, [`${name}{ip_family="IPv6"}`]: ipv6 };
}

/** What kube-proxy itself counts, without the prefix of its metrics. */
async function samplesOf({ metricsAddress }: KubeProxy): Promise<[name: string, value: number][]> {
  const text = await (await fetch(`http://${metricsAddress ?? ''}/metrics`)).text();
  return text.split('\n').flatMap((line) => {
    const [, name = '', value] = /^kubeproxy_(\S+) (\S+)$/.exec(line) ?? [];
    return value === undefined ? [] : [[name, Number(value)]];
  });
}

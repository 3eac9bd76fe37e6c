import { expect, it } from 'vitest';
import { createWorkQueueMetrics } from '../../kit/api/work-queue-metrics.ts';
import { createControllerMetrics } from '../controller/controller-metrics.ts';
import { findProfile } from '../facts/profiles.ts';
import { metrics } from '../facts/metrics.ts';
import { readPool } from '../hop-cloud/addresses/pool.ts';
import { metricsText } from './metrics-text.ts';
import { createProviderErrors } from './provider-errors.ts';
import type { AdminView } from './view.ts';

const profile = findProfile('hop');
if (!profile) throw new Error('there is no hop');

const target = { node: 'node-1', family: 'IPv4', address: '192.0.2.11', isUsed: true } as const;

const view: AdminView = {
  configuration: {
    clusterName: 'kubernetes',
    profile,
    dataplane: 'userspace',
    mode: 'Proxy',
    pools: [readPool('203.0.113.0/24')],
    election: { lease: { namespace: 'kube-system', name: 'hop-cloud-lb' } },
  },
  stage: () => 'serving',
  loadBalancers: () => [
    {
      service: 'default/web',
      name: 'a1',
      profile: 'hop',
      hostname: null,
      addresses: ['203.0.113.1'],
      mode: 'Proxy',
      ports: [],
      targets: [
        { ...target, health: 'healthy' },
        { ...target, node: 'node-2', health: 'unknown' },
      ],
    },
  ],
  doors: () => [],
  controller: () => ({
    metrics: createControllerMetrics(),
    queues: { service: createWorkQueueMetrics('service'), node: createWorkQueueMetrics('node') },
  }),
  errors: createProviderErrors(),
  flows: {
    entries: () => [{ service: 'default/web', protocol: 'TCP', count: 3 }],
    [Symbol.dispose]: () => undefined,
  },
};

it('tells each metric that it states, with its labels and its buckets, and no other', () => {
  const text = metricsText(view);
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  const ofProcess = told.filter(([name]) => name?.startsWith('process_'));
  expect(told).toEqual([...metrics.map(({ name, type }) => [name, type]), ...ofProcess]);
  for (const metric of metrics) {
    const { name, type, labels } = metric;
    const suffix = type === 'histogram' ? '_count' : '';
    const line = new RegExp(`^${name}${suffix}(?:\\{(.*)\\})? \\S+$`, 'm').exec(text);
    const names = [...(line?.[1] ?? '').matchAll(/([a-z_]+)="/g)].map(([, label]) => label);
    expect({ name, names }).toEqual({ name, names: [...labels] });
    if (!('buckets' in metric)) continue;
    const own = text.split('\n').filter((one) => one.startsWith(`${name}_bucket`));
    const bounds = own.map((one) => /le="([^"]+)"/.exec(one)?.[1]);
    const first = [...metric.buckets.map(String), '+Inf'];
    expect(bounds.slice(0, first.length)).toEqual(first);
  }
});

it('tells of load balancers, addresses and nodes', () => {
  const text = metricsText(view);
  expect(text).toContain('cloud_lb_load_balancers{provider="hop"} 1\n');
  expect(text).toContain('cloud_lb_addresses{pool="203.0.113.0/24"} 254\n');
  expect(text).toContain('cloud_lb_addresses_in_use{pool="203.0.113.0/24"} 1\n');
  expect(text).toContain('cloud_lb_node_healthy{node="node-1",service="default/web"} 1\n');
  expect(text).not.toContain('node-2');
  expect(text).toContain('leader_election_master_status{name="hop-cloud-lb"} 1\n');
});

it('counts calls of the provider that fail', async () => {
  const provider = view.errors.count({
    name: 'hop',
    begin: async () => undefined,
    getLoadBalancer: async () => null,
    getLoadBalancerName: () => 'a1',
    ensureLoadBalancer: async () => Promise.reject(new Error('no')),
    updateLoadBalancer: async () => undefined,
    ensureLoadBalancerDeleted: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  });
  const service = { metadata: { name: 'web' }, spec: {} };
  const called = provider.ensureLoadBalancer(service, [], new AbortController().signal);
  await expect(called).rejects.toThrow('no');
  expect(metricsText(view)).toContain('cloud_lb_provider_errors_total{call="ensure"} 1\n');
});

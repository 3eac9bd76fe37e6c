import { describe, expect, it } from 'vitest';
import { findProfile, profiles, type ProfileId } from '../facts/profiles.ts';
import { cases, rows, statuses, type CaseName } from '../facts/profiles/testing/rows.ts';
import { serviceWith } from '../facts/profiles/testing/service-with.ts';
import type { ProviderProfile } from '../profile.ts';
import { ImplementedElsewhere } from '../provider.ts';
import { cloudWorld, unasked } from './testing/cloud-world.ts';
import { createFakeDataplane } from './testing/fake-dataplane.ts';
import { node } from './testing/objects.ts';

const caseNames = Object.keys(cases) as CaseName[];
const nodes = [
  node('node-1', '172.30.0.11', 'fd00:172:30::11'),
  node('node-2', '172.30.0.12'),
  node('node-3', '172.30.0.13'),
];

const worldOf = (profile: ProviderProfile) =>
  cloudWorld({
    addressPools: ['203.0.113.4/32', '2001:db8:113::4/128', '203.0.113.64/26'],
    profileOf: () => unasked(profile),
  });

describe.each(profiles)('the hop cloud as $title', (profile) => {
  it.each(caseNames)('does with %s what it does', async (name) => {
    await using world = await worldOf(profile);
    const { cloud, dataplane, signal } = world;
    const { fails, serves, events = [] } = rows[profile.id][name];
    const service = serviceWith(cases[name].service);
    const ports = (service.spec.ports ?? []).map(({ protocol, port }) => `${protocol} ${port}`);

    const ensured = cloud.ensureLoadBalancer(service, nodes, signal);
    if (fails !== undefined) {
      await expect(ensured).rejects.toThrow(new Error(fails));
      expect(dataplane.forwardings.size).toBe(0);
      expect(await cloud.getLoadBalancer(service, signal)).toBeNull();
    } else {
      const status = await ensured;
      expect(status.ingress).not.toHaveLength(0);
      const forwarded = [...dataplane.forwardings.values()].flatMap((each) => each.ports);
      const own = profile.address.value === 'node-ips' ? [] : (serves ?? ports);
      expect(forwarded.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual(own);
    }
    const warnings = world.events.filter((event) => event.includes(' Warning '));
    expect(warnings).toEqual(events.map((event) => `default/shop Warning ${event}`));
  });

  it('writes its status, and packets arrive at whom it says', async () => {
    await using world = await worldOf(profile);
    const service = serviceWith({ ports: ['TCP 80', 'TCP 53'], ipFamilies: ['IPv4', 'IPv6'] });
    const status = await world.cloud.ensureLoadBalancer(service, nodes.slice(0, 2), world.signal);
    expect(status.ingress).toEqual(statuses[profile.id]);

    const [forwarding] = world.dataplane.forwardings.values();
    const isProxied = status.ingress?.some(
      ({ hostname, ipMode }) => hostname !== undefined || ipMode === 'Proxy',
    );
    if (profile.address.value === 'node-ips') expect(forwarding).toBeUndefined();
    else expect(forwarding?.mode).toBe(isProxied === true ? 'Proxy' : 'VIP');
    const reached = new Set(forwarding?.targets.map((target) => target.node));
    expect(reached.size).toBe(reachedBy(profile));
  });

  it('leaves nothing behind when it is deleted', async () => {
    await using world = await worldOf(profile);
    const service = serviceWith({ ipFamilies: ['IPv4', 'IPv6'] });
    await world.cloud.ensureLoadBalancer(service, nodes, world.signal);
    await world.cloud.ensureLoadBalancerDeleted(service, world.signal);
    expect(world.dataplane.forwardings.size).toBe(0);
    expect(await world.cloud.getLoadBalancer(service, world.signal)).toBeNull();
    expect(world.cloud.loadBalancers()).toEqual([]);
  });
});

function reachedBy({ address, targets }: ProviderProfile): number {
  if (address.value === 'node-ips') return 0;
  return targets.value === 'one-node' ? 1 : 2;
}

it.each([
  ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-type', 'external'],
  ['aws-clb', 'service.beta.kubernetes.io/aws-load-balancer-type', 'nlb-ip'],
  ['gcp', 'cloud.google.com/l4-rbs', 'enabled'],
] as const)('%s leaves a Service with %s=%s to another controller', async (id, key, value) => {
  await using world = await worldOf(profileOf(id));
  const service = serviceWith({ annotations: { [key]: value } });
  const ensured = world.cloud.ensureLoadBalancer(service, nodes, world.signal);
  await expect(ensured).rejects.toBeInstanceOf(ImplementedElsewhere);
  expect(world.events).toEqual([]);
});

it.each(['hop', 'openstack', 'metallb', 'kube-vip'] as const)(
  'a dataplane without SCTP is told in the status, as %s too',
  async (id) => {
    const dataplane = createFakeDataplane({ protocols: ['TCP', 'UDP'], modes: ['Proxy'] });
    await using world = await cloudWorld({ dataplane, profileOf: () => unasked(profileOf(id)) });
    const service = serviceWith({ ports: ['TCP 80', 'SCTP 3868'] });
    const { ingress } = await world.cloud.ensureLoadBalancer(service, nodes, world.signal);
    expect(ingress?.[0]?.ports).toEqual([
      { port: 80, protocol: 'TCP' },
      { port: 3868, protocol: 'SCTP', error: 'hop-by-hop.dev/ProtocolNotSupported' },
    ]);
  },
);

it.each([
  ['metallb', 'default/shop Normal IPAllocated: Assigned IP ["203.0.113.4"]'],
  [
    'klipper',
    'default/shop Normal UpdatedLoadBalancer: Updated LoadBalancer with new IPs: [] -> [172.30.0.11 172.30.0.12 172.30.0.13]',
  ],
  ['aws-lb-controller', 'default/shop Normal SuccessfullyReconciled: Successfully reconciled'],
] as const)('%s tells of its addresses, once', async (id, event) => {
  const profile = profileOf(id);
  await using world = await worldOf(profile);
  const service = serviceWith({});
  const status = await world.cloud.ensureLoadBalancer(service, nodes, world.signal);
  expect(world.events).toEqual([event]);
  const known = { ...service, status: { loadBalancer: status } };
  await world.cloud.ensureLoadBalancer(known, nodes, world.signal);

  await using restarted = await worldOf(profile);
  await restarted.cloud.begin([known], nodes, restarted.signal);
  await restarted.cloud.ensureLoadBalancer(known, nodes, restarted.signal);
  expect([...world.events, ...restarted.events]).toEqual([event]);
});

function profileOf(id: ProfileId): ProviderProfile {
  const profile = findProfile(id);
  if (!profile) throw new Error(`no profile ${id}`);
  return profile;
}

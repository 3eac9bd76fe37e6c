import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import { metallb } from '../facts/profiles/metallb.ts';
import type { ForwardedAddress } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Health } from './checks/health.ts';
import { planForwarding } from './plan.ts';
import { node, service } from './testing/objects.ts';

const ipv4: ForwardedAddress = { family: 'IPv4', address: '203.0.113.1' };
const ipv6: ForwardedAddress = { family: 'IPv6', address: '2001:db8:113::1' };
const nodes = [1, 2, 3].map((number) =>
  node(`node-${number}`, `172.30.0.${number}`, `fd00::${number}`),
);

function plan({
  health = {},
  profile = hop,
  addresses = [ipv4, ipv6],
  of = service('shop'),
}: {
  readonly health?: Readonly<Record<string, Health>>;
  readonly profile?: ProviderProfile;
  readonly addresses?: readonly ForwardedAddress[];
  readonly of?: ReturnType<typeof service>;
}) {
  return planForwarding({
    service: of,
    loadBalancerName: 'a1',
    profile,
    ports: of.spec.ports ?? [],
    addresses,
    mode: 'VIP',
    nodes,
    healthOf: ({ metadata }) => health[metadata.name] ?? 'healthy',
  });
}

const targets = (given: Parameters<typeof plan>[0]) =>
  plan(given).targets.map(({ family, node: name }) => `${name} ${family}`);

describe('what is forwarded', () => {
  it('says all that a dataplane needs to know', () => {
    const of = service('shop', {
      sessionAffinity: 'ClientIP',
      loadBalancerSourceRanges: [' 192.0.2.0/24'],
      ports: [
        { port: 80, nodePort: 30_080 },
        { protocol: 'UDP', port: 53, nodePort: 30_053 },
      ],
    });
    expect(plan({ of, addresses: [ipv4] })).toEqual({
      name: 'a1',
      service: 'shop/shop',
      addresses: [ipv4],
      mode: 'VIP',
      ports: [
        { protocol: 'TCP', port: 80, nodePort: 30_080 },
        { protocol: 'UDP', port: 53, nodePort: 30_053 },
      ],
      targets: [1, 2, 3].map((number) => ({
        node: `node-${number}`,
        family: 'IPv4',
        address: `172.30.0.${number}`,
      })),
      sourceRanges: ['192.0.2.0/24'],
      sessionAffinity: 'ClientIP',
    });
  });

  it('hears the annotation for source ranges where the field is empty', () => {
    const annotations = {
      'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, fd00::/8',
    };
    expect(plan({ of: service('shop', { annotations }) }).sourceRanges).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
    ]);
    const both = service('shop', { annotations, loadBalancerSourceRanges: ['192.0.2.0/24'] });
    expect(plan({ of: both }).sourceRanges).toEqual(['192.0.2.0/24']);
  });

  it('goes to healthy nodes, in each family', () => {
    expect(targets({ health: { 'node-2': 'unhealthy' } })).toEqual([
      'node-1 IPv4',
      'node-3 IPv4',
      'node-1 IPv6',
      'node-3 IPv6',
    ]);
  });

  it('does not wait for answers while nobody is known to be healthy', () => {
    const health = { 'node-1': 'unhealthy', 'node-2': 'unknown', 'node-3': 'unknown' } as const;
    expect(targets({ health, addresses: [ipv4] })).toEqual(['node-2 IPv4', 'node-3 IPv4']);
  });

  it('goes to nobody when all are known to be unhealthy', () => {
    const health = { 'node-1': 'unhealthy', 'node-2': 'unhealthy', 'node-3': 'unhealthy' } as const;
    expect(targets({ health })).toEqual([]);
  });

  it('goes to one node where one is elected, and to the same one while it is healthy', () => {
    const [elected = ''] = targets({ profile: metallb, addresses: [ipv4] });
    const [name = ''] = elected.split(' ');
    for (const { metadata } of nodes) {
      const rest = targets({
        profile: metallb,
        addresses: [ipv4],
        health: { [metadata.name]: 'unhealthy' },
      });
      expect(rest).toHaveLength(1);
      if (metadata.name === name) expect(rest).not.toEqual([elected]);
      else expect(rest).toEqual([elected]);
    }
  });

  it('never goes to an unhealthy node, whatever is known', () => {
    const known = fc.constantFrom<Health>('healthy', 'unhealthy', 'unknown');
    const health = fc.record({ 'node-1': known, 'node-2': known, 'node-3': known });
    fc.assert(
      fc.property(health, fc.boolean(), (given, isElected) => {
        const values: readonly Health[] = Object.values(given);
        const planned = plan({ health: given, profile: isElected ? metallb : hop }).targets;
        for (const target of planned) {
          const own = given[target.node as keyof typeof given];
          expect(own).toBe(values.includes('healthy') ? 'healthy' : 'unknown');
        }
        const isNobody = values.every((each) => each === 'unhealthy');
        expect(planned.length === 0).toBe(isNobody);
      }),
    );
  });
});

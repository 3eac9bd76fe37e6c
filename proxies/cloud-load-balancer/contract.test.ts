import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  familiesOf,
  forwardingModeOf,
  hostnameOf,
  isElsewhere,
  judgeService,
  statusOf,
} from './contract.ts';
import { electTargets } from './elect.ts';
import { findProfile, profiles, type ProfileId } from './facts/profiles.ts';
import { loadBalancerName, serviceWith } from './facts/profiles/testing/service-with.ts';
import type { ForwardedAddress, Target } from './forwarding.ts';
import type { ProviderProfile } from './profile.ts';
import { isInternal } from './refusals.ts';
import {
  transports,
  type Family,
  type LoadBalancerIngress,
  type PortStatus,
  type Service,
} from './service.ts';

function profileOf(id: ProfileId): ProviderProfile {
  const profile = findProfile(id);
  if (!profile) throw new Error(`no profile ${id}`);
  return profile;
}

const given: Readonly<Record<Family, ForwardedAddress>> = {
  IPv4: { family: 'IPv4', address: '203.0.113.4' },
  IPv6: { family: 'IPv6', address: '2001:db8:113::4' },
};

function ingressOf(
  profile: ProviderProfile,
  service: Service,
  mode: 'VIP' | 'Proxy' = 'VIP',
): readonly LoadBalancerIngress[] {
  const addresses = familiesOf(profile, service).map((family) => given[family]);
  const { portStatuses } = judgeService(profile, service);
  const input = { service, loadBalancerName, addresses, nodeAddresses: addresses, portStatuses };
  return statusOf(profile, { ...input, mode }).ingress ?? [];
}

describe('annotations that make a load balancer internal', () => {
  it.each([
    ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-internal', 'true', true],
    ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-internal', '0.0.0.0/0', true],
    ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-internal', 'false', false],
    ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-internal', '', false],
    ['gcp', 'networking.gke.io/load-balancer-type', 'Internal', true],
    ['gcp', 'cloud.google.com/load-balancer-type', 'internal', true],
    ['gcp', 'networking.gke.io/load-balancer-type', 'External', false],
    ['azure', 'service.beta.kubernetes.io/azure-load-balancer-internal', 'TRUE', true],
    ['azure', 'service.beta.kubernetes.io/azure-load-balancer-internal', '1', false],
    ['digitalocean', 'service.beta.kubernetes.io/do-loadbalancer-network', 'INTERNAL', true],
    ['openstack', 'service.beta.kubernetes.io/openstack-internal-load-balancer', 'true', true],
    ['openstack', 'service.beta.kubernetes.io/openstack-internal-load-balancer', 'True', false],
    ['hetzner', 'service.beta.kubernetes.io/azure-load-balancer-internal', 'true', false],
    ['aws-lb-controller', 'service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal', true],
    [
      'aws-lb-controller',
      'service.beta.kubernetes.io/aws-load-balancer-scheme',
      'internet-facing',
      false,
    ],
    ['aws-lb-controller', 'example.com/nothing', 'said', true],
  ] as const)('%s: %s=%s: %s', (id, key, value, expected) => {
    const service = serviceWith({ annotations: { [key]: value } });
    expect(isInternal(profileOf(id), service)).toBe(expected);
  });

  it('at GCP the class goes before the annotation', () => {
    const annotations = { 'networking.gke.io/load-balancer-type': 'Internal' };
    const external = { loadBalancerClass: 'networking.gke.io/l4-regional-external-legacy' };
    const internal = { loadBalancerClass: 'networking.gke.io/l4-regional-internal-legacy' };
    expect(isInternal(profileOf('gcp'), serviceWith({ annotations, ...external }))).toBe(false);
    expect(isInternal(profileOf('gcp'), serviceWith(internal))).toBe(true);
  });

  it('at GCP the first of the annotations counts', () => {
    const annotations = {
      'networking.gke.io/load-balancer-type': 'External',
      'cloud.google.com/load-balancer-type': 'Internal',
    };
    expect(isInternal(profileOf('gcp'), serviceWith({ annotations }))).toBe(false);
  });
});

it.each([
  ['aws-clb', 'service.beta.kubernetes.io/aws-load-balancer-type', 'external', true],
  ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-type', 'nlb-ip', true],
  ['aws-nlb', 'service.beta.kubernetes.io/aws-load-balancer-type', 'nlb', false],
  ['gcp', 'cloud.google.com/l4-rbs', 'enabled', true],
  ['hop', 'cloud.google.com/l4-rbs', 'enabled', false],
] as const)('%s: another controller’s by %s=%s: %s', (id, key, value, expected) => {
  const service = serviceWith({ annotations: { [key]: value } });
  expect(isElsewhere(profileOf(id), service)).toBe(expected);
});

describe('hostnames', () => {
  it('are names of the hop cloud’s own', () => {
    expect(hostnameOf(profileOf('aws-nlb'), loadBalancerName)).toBe(
      'a52f9c1a40b7e4c559d3a6b1f0e8a7c2.aws-nlb.cloud.example',
    );
  });

  it.each([
    ['digitalocean', 'service.beta.kubernetes.io/do-loadbalancer-hostname'],
    ['hetzner', 'load-balancer.hetzner.cloud/hostname'],
    ['openstack', 'loadbalancer.openstack.org/hostname'],
  ] as const)('%s shows the one of %s instead of addresses', (id, key) => {
    const service = serviceWith({
      annotations: { [key]: 'Shop.example.com' },
      ipFamilies: ['IPv4', 'IPv6'],
    });
    expect(ingressOf(profileOf(id), service)).toEqual([{ hostname: 'shop.example.com' }]);
  });

  it.each(['192.0.2.1', '2001:db8::1', 'no name', '-', 'a..b', 'x'.repeat(254)])(
    'never become %s, which the apiserver refuses',
    (name) => {
      const annotations = { 'load-balancer.hetzner.cloud/hostname': name };
      const [ingress] = ingressOf(profileOf('hetzner'), serviceWith({ annotations }));
      expect(ingress).toEqual({ ip: '203.0.113.4', ipMode: 'VIP' });
    },
  );
});

describe('ipMode', () => {
  const proxied = {
    hetzner: { 'load-balancer.hetzner.cloud/uses-proxyprotocol': 'true' },
    openstack: { 'loadbalancer.openstack.org/proxy-protocol': 'v2' },
  };

  it.each(['hetzner', 'openstack'] as const)('%s: Proxy with the PROXY protocol', (id) => {
    const service = serviceWith({ annotations: proxied[id] });
    expect(ingressOf(profileOf(id), service)).toEqual([{ ip: '203.0.113.4', ipMode: 'Proxy' }]);
    expect(forwardingModeOf(profileOf(id), service, 'VIP')).toBe('Proxy');
  });

  it.each(['VIP', 'Proxy'] as const)('of the hop cloud is what it forwards by: %s', (mode) => {
    const [ingress] = ingressOf(profileOf('hop'), serviceWith({}), mode);
    expect(ingress?.ipMode).toBe(mode);
  });

  it.each([
    ['cloud-provider-kind', 'Proxy'],
    ['aws-nlb', 'Proxy'],
    ['hop', 'VIP'],
    ['gcp', 'VIP'],
    ['metallb', 'VIP'],
  ] as const)('%s: packets arrive as %s where both can be had', (id, mode) => {
    expect(forwardingModeOf(profileOf(id), serviceWith({}), 'VIP')).toBe(mode);
    expect(forwardingModeOf(profileOf(id), serviceWith({}), 'Proxy')).toBe('Proxy');
  });
});

describe('families', () => {
  const dual = serviceWith({ ipFamilies: ['IPv6', 'IPv4'] });
  it.each([
    ['hop', ['IPv6', 'IPv4']],
    ['azure', ['IPv6', 'IPv4']],
    ['openstack', ['IPv6']],
    ['aws-nlb', ['IPv4']],
    ['gcp', ['IPv4']],
    ['hetzner', ['IPv4', 'IPv6']],
    ['digitalocean', ['IPv4', 'IPv6']],
  ] as const)('%s gives a Service of IPv6 and IPv4 %s', (id, families) => {
    expect(familiesOf(profileOf(id), dual)).toEqual(families);
  });

  it('are never ones that the Service has not', () => {
    for (const profile of profiles) {
      expect(familiesOf(profile, serviceWith({ ipFamilies: ['IPv6'] }))).toEqual(['IPv6']);
    }
  });
});

describe('election', () => {
  const targetOf = (node: string, family: Family): Target => ({ node, family, address: node });
  const nodes = ['node-1', 'node-2', 'node-3'];
  const targets = nodes.flatMap((node) => [targetOf(node, 'IPv4'), targetOf(node, 'IPv6')]);

  // As sha256 of `node#address` sorts them: MetalLB, speaker/layer2_controller.go.
  it.each([
    ['203.0.113.1', 'node-2'],
    ['203.0.113.2', 'node-1'],
    ['203.0.113.3', 'node-3'],
  ])('of MetalLB has %s at %s', (address, node) => {
    const elected = electTargets(targets, [{ family: 'IPv4', address }, given.IPv6]);
    expect(elected).toEqual([targetOf(node, 'IPv4'), targetOf(node, 'IPv6')]);
  });

  it('moves nothing but what was at a node that goes', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...nodes), (address, gone) => {
        const at: readonly ForwardedAddress[] = [{ family: 'IPv4', address }];
        const [before] = electTargets(targets, at);
        const [after] = electTargets(
          targets.filter(({ node }) => node !== gone),
          at,
        );
        if (before?.node === gone) expect(after?.node).not.toBe(gone);
        else expect(after).toEqual(before);
      }),
    );
  });

  it('elects nobody of none', () => {
    expect(electTargets([], [given.IPv4])).toEqual([]);
    expect(electTargets(targets, [])).toEqual([]);
  });
});

describe('every status', () => {
  const keys = profiles.flatMap(({ internal, proxyModeAnnotation, hostnameAnnotation }) => [
    ...(internal?.value.keys ?? []),
    ...(proxyModeAnnotation?.value.keys ?? []),
    ...(hostnameAnnotation ? [hostnameAnnotation.value] : []),
  ]);
  const services = fc
    .record({
      ports: fc.array(
        fc.record({
          protocol: fc.option(fc.constantFrom(...transports), { nil: undefined }),
          port: fc.integer({ min: 1, max: 65_535 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      ipFamilies: fc.constantFrom<readonly Family[]>(
        ['IPv4'],
        ['IPv6'],
        ['IPv4', 'IPv6'],
        ['IPv6', 'IPv4'],
      ),
      annotations: fc.dictionary(
        fc.constantFrom(...keys),
        fc.oneof(
          fc.constantFrom('true', 'false', 'v2', '192.0.2.1', '::1', 'Internal'),
          fc.domain(),
          fc.string(),
        ),
      ),
      loadBalancerIP: fc.option(fc.ipV4(), { nil: undefined }),
      sessionAffinity: fc.constantFrom('None' as const, 'ClientIP' as const),
    })
    .map(({ ports, annotations, loadBalancerIP, ...spec }): Service => {
      const { metadata } = serviceWith({ annotations });
      const wish = loadBalancerIP === undefined ? {} : { loadBalancerIP };
      const all = ports.map(({ protocol, port }) =>
        protocol === undefined ? { port } : { protocol, port },
      );
      return { metadata, spec: { type: 'LoadBalancer', ports: all, ...wish, ...spec } };
    });

  it('is one that the apiserver takes', () => {
    fc.assert(
      fc.property(
        services,
        fc.constantFrom(...profiles),
        fc.constantFrom('VIP' as const, 'Proxy' as const),
        fc.subarray([...transports]),
        fc.boolean(),
        (service, profile, mode, protocols, hasNodes) => {
          const { portStatuses } = judgeService(profile, service, { protocols });
          const addresses = familiesOf(profile, service).map((family) => given[family]);
          const { ingress = [] } = statusOf(profile, {
            service,
            loadBalancerName,
            addresses,
            nodeAddresses: hasNodes ? addresses : [],
            mode,
            portStatuses,
          });
          expect(ingress.flatMap(faultsOf)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** Specification 5.3: what the apiserver says to an ingress of a status. */
function faultsOf({ ip, hostname, ipMode, ports }: LoadBalancerIngress): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [ip === undefined && hostname === undefined, 'neither ip nor hostname'],
    [ip !== undefined && isIP(ip) === 0, 'ip is no address'],
    [hostname !== undefined && isIP(hostname) !== 0, 'hostname is an address'],
    [hostname !== undefined && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(hostname), 'no DNS'],
    [
      hostname?.split('.').some((label) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label)) ?? false,
      'no label',
    ],
    [ipMode !== undefined && ip === undefined, 'ipMode without ip'],
    [ports?.length === 0, 'ports without any'],
  ];
  const own = rules.filter(([isBroken]) => isBroken).map(([, fault]) => fault);
  return [...own, ...(ports ?? []).flatMap(portFaultsOf)];
}

function portFaultsOf({ port, protocol, error }: PortStatus): readonly string[] {
  const form =
    /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]+$/;
  const rules: readonly (readonly [boolean, string])[] = [
    [port < 1 || port > 65_535, 'port'],
    [!transports.includes(protocol), 'protocol'],
    [error !== undefined && (error.length > 316 || !form.test(error)), 'error'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, fault]) => fault);
}

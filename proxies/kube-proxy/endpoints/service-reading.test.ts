import { describe, expect, it } from 'vitest';
import type { Family, ServicePortState } from '../service-port.ts';
import type { Service } from './api-objects.ts';
import { createServiceTracker, type ServiceTrackerOptions } from './service-tracker.ts';
import { aService } from './testing/objects.ts';

function portsOf(
  service: Service,
  family: Family = 'IPv4',
  options: Partial<ServiceTrackerOptions> = {},
): readonly ServicePortState[] {
  const tracker = createServiceTracker({ nodeName: 'node-1', log: () => undefined, ...options });
  tracker.serviceChanged(service, 'ns1/svc1');
  return tracker.takeChanges(family).changed;
}

const dualStack = {
  clusterIP: '172.30.0.41',
  clusterIPs: ['172.30.0.41', 'FD00:10:96::0041'],
  ipFamilies: ['IPv4', 'IPv6'],
};
const ingress = (...all: readonly { ip?: string; hostname?: string; ipMode?: string }[]) => ({
  status: { loadBalancer: { ingress: all } },
});

describe('a Service that is not proxied', () => {
  it.each([
    ['headless', aService({ clusterIP: 'None' })],
    ['without a ClusterIP yet', aService({ clusterIP: '' })],
    ['ExternalName, even with a ClusterIP', aService({ type: 'ExternalName' })],
    [
      "another proxy's",
      aService({}, { labels: { 'service.kubernetes.io/service-proxy-name': '' } }),
    ],
    ['of the other family', aService({ clusterIP: '2001:db8:85a3:0:0:8a2e:370:7334' })],
    ['without ports', aService({ ports: [] })],
  ])('has no ports: %s', (_, service) => {
    expect(portsOf(service)).toEqual([]);
  });
});

describe('the ports of a Service', () => {
  it('are keyed by name and protocol, and each stands for itself', () => {
    const ports = [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns', protocol: 'TCP', port: 53 },
      { name: 'sip', protocol: 'SCTP', port: 53, nodePort: 30053 },
    ];
    expect(portsOf(aService({ type: 'NodePort', ports }))).toMatchObject([
      { key: 'IPv4 ns1/svc1:dns/UDP', protocol: 'UDP', port: 53, nodePort: 0 },
      { key: 'IPv4 ns1/svc1:dns/TCP', protocol: 'TCP', port: 53, nodePort: 0 },
      { key: 'IPv4 ns1/svc1:sip/SCTP', protocol: 'SCTP', port: 53, nodePort: 30053 },
    ]);
  });

  it('may have no name, and are TCP unless they say otherwise', () => {
    expect(portsOf(aService({ ports: [{ port: 80 }] }))).toMatchObject([
      { key: 'IPv4 ns1/svc1/TCP', portName: '', protocol: 'TCP' },
    ]);
  });

  it('have no endpoints, no affinity and no source ranges where nothing says so', () => {
    expect(portsOf(aService())).toEqual([
      {
        key: 'IPv4 ns1/svc1:p80/TCP',
        family: 'IPv4',
        namespace: 'ns1',
        name: 'svc1',
        portName: 'p80',
        protocol: 'TCP',
        clusterIP: '172.30.0.41',
        port: 80,
        nodePort: 0,
        externalIPs: [],
        loadBalancerIPs: [],
        sourceRanges: null,
        isInternalLocal: false,
        isExternalLocal: false,
        affinitySeconds: 0,
        cluster: [],
        local: [],
        reachableHere: [],
        hasEndpoints: false,
      },
    ]);
  });
});

describe('addresses', () => {
  it('are of the one family for each proxy of a dual stack Service', () => {
    const service = aService(
      {
        ...dualStack,
        type: 'LoadBalancer',
        externalIPs: ['192.168.99.22', 'FD00::22'],
        loadBalancerSourceRanges: ['203.0.113.0/25', 'fd00:113::1/64'],
      },
      ingress({ ip: '1.2.3.4' }, { ip: 'fd00::4' }),
    );
    expect(portsOf(service, 'IPv4')).toMatchObject([
      {
        clusterIP: '172.30.0.41',
        externalIPs: ['192.168.99.22'],
        loadBalancerIPs: ['1.2.3.4'],
        sourceRanges: ['203.0.113.0/25'],
      },
    ]);
    expect(portsOf(service, 'IPv6')).toMatchObject([
      {
        key: 'IPv6 ns1/svc1:p80/TCP',
        clusterIP: 'fd00:10:96::41',
        externalIPs: ['fd00::22'],
        loadBalancerIPs: ['fd00::4'],
        sourceRanges: ['fd00:113::/64'],
      },
    ]);
  });

  it('find their families by ipFamilies, whichever is first', () => {
    const service = aService({
      clusterIP: 'fd00::41',
      clusterIPs: ['fd00::41', '172.30.0.41'],
      ipFamilies: ['IPv6', 'IPv4'],
    });
    expect(portsOf(service, 'IPv4')).toMatchObject([{ clusterIP: '172.30.0.41' }]);
    expect(portsOf(service, 'IPv6')).toMatchObject([{ clusterIP: 'fd00::41' }]);
  });

  it('with leading zeros and white space are those without', () => {
    const service = aService(
      {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.041',
        externalIPs: ['192.168.099.022'],
        loadBalancerSourceRanges: [' 203.0.113.000/025 ', '\t198.51.100.7/32'],
      },
      ingress({ ip: '005.006.007.008' }),
    );
    expect(portsOf(service)).toMatchObject([
      {
        clusterIP: '172.30.0.41',
        externalIPs: ['192.168.99.22'],
        loadBalancerIPs: ['5.6.7.8'],
        sourceRanges: ['203.0.113.0/25', '198.51.100.7/32'],
      },
    ]);
  });

  it('of a load balancer are captured in mode VIP or without a mode, not in mode Proxy or by a name', () => {
    const service = aService(
      { type: 'LoadBalancer' },
      ingress(
        { ip: '1.2.3.4' },
        { ip: '5.6.7.8', ipMode: 'VIP' },
        { ip: '9.10.11.12', ipMode: 'Proxy' },
        { hostname: 'lb.example' },
      ),
    );
    expect(portsOf(service)).toMatchObject([{ loadBalancerIPs: ['1.2.3.4', '5.6.7.8'] }]);
  });

  it('that are named twice are one', () => {
    const service = aService({ externalIPs: ['192.168.99.22', '192.168.099.022'] });
    expect(portsOf(service)).toMatchObject([{ externalIPs: ['192.168.99.22'] }]);
  });

  it('of a family that the Service has not, or of none, are logged once and ignored', () => {
    const lines: string[] = [];
    const tracker = createServiceTracker({ nodeName: 'node-1', log: (line) => lines.push(line) });
    const externalIPs = ['fd00::22', 'example', '192.168.99.22'];
    tracker.serviceChanged(aService({ externalIPs }), 'ns1/svc1');
    tracker.serviceChanged(aService({ externalIPs, sessionAffinity: 'ClientIP' }), 'ns1/svc1');
    expect(tracker.takeChanges('IPv4').changed).toMatchObject([{ externalIPs: ['192.168.99.22'] }]);
    expect(lines).toEqual([
      'Service ns1/svc1: external IP "fd00::22" is ignored: the Service has no ClusterIP of family IPv6',
      'Service ns1/svc1: external IP "example" is ignored: it is none',
    ]);
  });

  it('of the other family are nothing to log in a dual stack Service', () => {
    const lines: string[] = [];
    portsOf(aService({ ...dualStack, externalIPs: ['fd00::22', '192.168.99.22'] }), 'IPv4', {
      log: (line) => lines.push(line),
    });
    expect(lines).toEqual([]);
  });

  it('that are external count no more without the gate AllowServiceExternalIPs', () => {
    const service = aService({ externalIPs: ['192.168.99.22'] });
    expect(portsOf(service, 'IPv4', { allowsExternalIPs: false })).toMatchObject([
      { externalIPs: [] },
    ]);
  });
});

it('lets nobody of a family in where source ranges are of the other family only', () => {
  const service = aService({ ...dualStack, loadBalancerSourceRanges: ['fd00:113::/64'] });
  expect(portsOf(service)).toMatchObject([{ sourceRanges: [] }]);
});

it.each([
  ['None, whatever the timeout', 'None', 60, 0],
  ['ClientIP for its timeout', 'ClientIP', 60, 60],
  ['ClientIP for three hours where nothing is said', 'ClientIP', null, 10_800],
] as const)(
  'takes affinity from the Service: %s',
  (_, sessionAffinity, timeoutSeconds, seconds) => {
    const service = aService({
      sessionAffinity,
      sessionAffinityConfig: { clientIP: { timeoutSeconds } },
    });
    expect(portsOf(service)).toMatchObject([{ affinitySeconds: seconds }]);
  },
);

it.each([
  ['ClusterIP', [], false],
  ['ClusterIP', ['192.168.99.22'], true],
  ['NodePort', [], true],
  ['LoadBalancer', [], true],
] as const)(
  'heeds externalTrafficPolicy: Local of type %s with external IPs %j: %s',
  (type, ips, isLocal) => {
    const service = aService({ type, externalIPs: ips, externalTrafficPolicy: 'Local' });
    expect(portsOf(service)).toMatchObject([{ isExternalLocal: isLocal, isInternalLocal: false }]);
  },
);

it('heeds internalTrafficPolicy: Local', () => {
  expect(portsOf(aService({ internalTrafficPolicy: 'Local' }))).toMatchObject([
    { isInternalLocal: true, isExternalLocal: false },
  ]);
});

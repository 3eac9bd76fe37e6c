import { describe, expect, it } from 'vitest';
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';
import { staleUdp } from './stale-udp.ts';

const dns: UdpPort = {
  key: 'IPv4 kube-system/dns:dns/UDP',
  addresses: ['10.96.0.10', '192.0.2.7', '198.51.100.9'],
  port: 53,
  nodePort: 30_053,
  servingIPs: new Set(['10.244.1.2', '10.244.2.2']),
};
const empty: UdpPort = {
  ...dns,
  key: 'IPv4 default/empty:/UDP',
  addresses: ['10.96.0.11'],
  nodePort: 30_054,
  servingIPs: new Set(),
};
const gone: UdpPort = { ...empty, addresses: ['192.0.2.7'] };
const inIPv6: UdpPort = {
  ...dns,
  key: 'IPv6 kube-system/dns:dns/UDP',
  addresses: ['fd00:96::a'],
  servingIPs: new Set(['fd00:244::2']),
};
const nodeIPs = ['192.168.0.2', '192.168.1.2', 'fd00::2'];
const isStale = (entry: ConntrackEntry) =>
  staleUdp(entry.family === 'IPv4' ? [dns, empty] : [inIPv6], nodeIPs)(entry);

describe('a UDP flow', () => {
  it.each([
    ['the ClusterIP', '10.96.0.10', 53],
    ['an external IP', '192.0.2.7', 53],
    ['a load balancer IP', '198.51.100.9', 53],
    ['the NodePort', '192.168.0.2', 30_053],
    ['the NodePort at another address of the node', '192.168.1.2', 30_053],
    ['the ClusterIP in IPv6', 'fd00:96::a', 53],
  ])('to %s is stale once its endpoint is gone', (_, destination, port) => {
    expect(isStale(flow(destination, port, '10.244.9.9'))).toBe(true);
  });

  it.each([
    ['10.96.0.10', 53, '10.244.2.2'],
    ['192.168.0.2', 30_053, '10.244.1.2'],
    ['fd00:96::a', 53, 'fd00:244::2'],
  ])('to %s:%i stays while %s serves', (destination, port, backend) => {
    expect(isStale(flow(destination, port, backend))).toBe(false);
  });

  it.each([
    ['10.96.0.11', 53],
    ['192.168.0.2', 30_054],
  ])('to %s:%i is stale when the Service has no endpoint left', (destination, port) => {
    expect(isStale(flow(destination, port, '10.244.1.2'))).toBe(true);
  });

  it('is not stale where nobody serves and it was not sent on', () => {
    expect(isStale(flow('192.168.0.2', 30_054, '192.168.0.2'))).toBe(false);
  });

  it.each([[[dns, gone]], [[gone, dns]]])(
    'stays where another Service has the address of one that is gone',
    (ports) => {
      const isStale = staleUdp(ports, nodeIPs);
      expect(isStale(flow('192.0.2.7', 53, '10.244.1.2'))).toBe(false);
      expect(isStale(flow('192.0.2.7', 53, '10.244.9.9'))).toBe(true);
    },
  );

  it('is stale when it was sent to nobody, before the Service was there', () => {
    expect(isStale(flow('10.96.0.10', 53, '10.96.0.10'))).toBe(true);
  });

  it.each([
    ['to another port of the address', '10.96.0.10', 54],
    ['to another address', '10.96.0.99', 53],
    ['to the port of a NodePort somewhere else', '203.0.113.9', 30_053],
    ['to the port of a Service at the node', '192.168.0.2', 53],
  ])('%s is not ours', (_, destination, port) => {
    expect(isStale(flow(destination, port, '10.244.9.9'))).toBe(false);
  });
});

it.each(['TCP', 'SCTP'] as const)('a connection of %s is left alone', (protocol) => {
  expect(isStale({ ...flow('10.96.0.10', 53, '10.244.9.9'), protocol })).toBe(false);
});

function flow(destination: string, destinationPort: number, backend: string): ConntrackEntry {
  const client = { address: '10.244.3.3', port: 40_000 };
  return {
    family: destination.includes(':') ? 'IPv6' : 'IPv4',
    protocol: 'UDP',
    original: {
      source: client.address,
      sourcePort: client.port,
      destination,
      destinationPort,
    },
    reply: {
      source: backend,
      sourcePort: 5353,
      destination: client.address,
      destinationPort: client.port,
    },
    isSourceNat: false,
    isDestinationNat: backend !== destination,
    mark: 0,
    zone: 0,
    id: 1,
  };
}

import { describe, expect, it } from 'vitest';
import type { Backend } from '../service-port.ts';
import type { EndpointSlice } from './api-objects.ts';
import { createServiceTracker } from './service-tracker.ts';
import { aService, aSlice } from './testing/objects.ts';

/** What `ns1/svc1` sends to with these slices, as `address:port`; what is on this node has a star. */
function endpointsWith(
  slices: readonly EndpointSlice[],
  options: { readonly port?: string; readonly log?: (line: string) => void } = {},
): readonly string[] {
  const tracker = createServiceTracker({
    nodeName: 'host1',
    log: options.log ?? (() => undefined),
  });
  const name = options.port ?? 'p80';
  tracker.serviceChanged(aService({ ports: [{ name, port: 80 }] }), 'ns1/svc1');
  for (const [index, slice] of slices.entries()) tracker.sliceChanged(slice, `ns1/svc1-${index}`);
  const [port] = tracker.takeChanges('IPv4').changed;
  if (!port) throw new Error('The Service has a port.');
  const here = new Set(port.reachableHere.map(textOf));
  return port.cluster.map((backend) => textOf(backend) + (here.has(textOf(backend)) ? '*' : ''));
}

function textOf({ address, port }: Backend): string {
  return `${address}:${port}`;
}

const host = (address: string, nodeName: string) => ({ addresses: [address], nodeName });
const unready = (address: string) => ({ addresses: [address], conditions: { ready: false } });
const terminating = (address: string) => ({
  addresses: [address],
  conditions: { ready: false, serving: true, terminating: true },
});

describe('endpoints from slices', () => {
  it('1 slice, 2 hosts', () => {
    const slice = aSlice(['10.0.1.1', host('10.0.1.2', 'host1'), host('10.0.1.3', 'host2')]);
    expect(endpointsWith([slice])).toEqual(['10.0.1.1:80', '10.0.1.2:80*', '10.0.1.3:80']);
  });

  it('2 slices, same port', () => {
    expect(endpointsWith([aSlice(['10.0.2.1']), aSlice(['10.0.1.2', '10.0.1.1'])])).toEqual([
      '10.0.1.1:80',
      '10.0.1.2:80',
      '10.0.2.1:80',
    ]);
  });

  it('2 overlapping slices, same port', () => {
    const slices = [aSlice(['10.0.1.1', '10.0.1.2']), aSlice(['10.0.1.2', '10.0.1.3'])];
    expect(endpointsWith(slices)).toEqual(['10.0.1.1:80', '10.0.1.2:80', '10.0.1.3:80']);
  });

  it.each([
    ['ready here', ['10.0.1.1'], [unready('10.0.1.1')], ['10.0.1.1:80']],
    ['ready there', [unready('10.0.1.1')], ['10.0.1.1'], ['10.0.1.1:80']],
    ['ready nowhere', [unready('10.0.1.1')], [unready('10.0.1.1')], []],
    // It serves still, but the pod that has its address now does not.
    ['terminating here', [terminating('10.0.1.1')], [unready('10.0.1.1')], []],
    ['terminating there', [unready('10.0.1.1')], [terminating('10.0.1.1')], []],
    ['terminating, its successor ready', [terminating('10.0.1.1')], ['10.0.1.1'], ['10.0.1.1:80']],
  ])('2 slices, overlapping endpoints, %s', (_, first, second, endpoints) => {
    expect(endpointsWith([aSlice(first), aSlice(second)])).toEqual(endpoints);
    // The same among many, where they are told apart in another way.
    const others = Array.from({ length: 9 }, (_each, index) => unready(`10.0.9.${index}`));
    expect(endpointsWith([aSlice([...first, ...others]), aSlice(second)])).toEqual(endpoints);
  });

  it('Different endpoints with duplicate IPs should not be filtered', () => {
    const at = (port: number) => ({ ports: [{ name: 'p80', port }] });
    expect(endpointsWith([aSlice(['10.0.1.1'], at(80)), aSlice(['10.0.1.1'], at(8080))])).toEqual([
      '10.0.1.1:80',
      '10.0.1.1:8080',
    ]);
    const many = Array.from({ length: 9 }, (_, index) => `10.0.1.${index}`);
    expect(endpointsWith([aSlice(many, at(80)), aSlice(many, at(8080))])).toHaveLength(18);
  });

  it('250 endpoints and more', () => {
    const slices = [1, 2, 3].map((net) =>
      aSlice(Array.from({ length: 100 }, (_, index) => `10.0.${net}.${index}`)),
    );
    expect(endpointsWith(slices)).toHaveLength(300);
  });

  it('takes the first address of an endpoint for it', () => {
    expect(endpointsWith([aSlice([{ addresses: ['10.0.1.1', '10.0.1.2'] }])])).toEqual([
      '10.0.1.1:80',
    ]);
  });

  it('takes an endpoint without conditions for ready, and one with nulls, too', () => {
    const conditions = { ready: null, serving: null, terminating: null };
    const slice = aSlice(['10.0.1.1', { addresses: ['10.0.1.2'], conditions }]);
    expect(endpointsWith([slice])).toEqual(['10.0.1.1:80', '10.0.1.2:80']);
  });

  it('survives lists that are null', () => {
    expect(endpointsWith([{ ...aSlice([]), endpoints: null, ports: null }])).toEqual([]);
  });
});

describe('ports of slices', () => {
  it('resolve a named targetPort, to a number per slice', () => {
    const slices = [
      aSlice(['10.0.1.1'], { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] }),
      aSlice(['10.0.1.2'], { ports: [{ name: 'http', protocol: 'TCP', port: 8081 }] }),
    ];
    expect(endpointsWith(slices, { port: 'http' })).toEqual(['10.0.1.1:8080', '10.0.1.2:8081']);
  });

  it('serve the port of the same name and protocol only', () => {
    const ports = [
      { name: 'http', protocol: 'UDP', port: 1 },
      { name: 'https', protocol: 'TCP', port: 2 },
      { name: 'http', protocol: 'TCP', port: 3 },
    ];
    expect(endpointsWith([aSlice(['10.0.1.1'], { ports })], { port: 'http' })).toEqual([
      '10.0.1.1:3',
    ]);
  });

  it.each([
    ['empty', { name: '', port: 8080 }],
    ['null', { name: null, port: 8080 }],
    ['missing', { port: 8080 }],
  ])('without a name serve the port without a name: %s', (_, port) => {
    expect(endpointsWith([aSlice(['10.0.1.1'], { ports: [port] })], { port: '' })).toEqual([
      '10.0.1.1:8080',
    ]);
  });

  it('Nil port should not break anything', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const ports = [{ name: 'p80', port: null }];
    expect(endpointsWith([aSlice(['10.0.1.1'], { ports })], { log })).toEqual([]);
    expect(lines).toEqual([
      'EndpointSlice ns1/svc1-0: port "p80" is ignored: it has no number or protocol',
    ]);
  });
});

describe('slices that count for nothing', () => {
  it.each([
    ['FQDN', aSlice(['a.example'], { addressType: 'FQDN' })],
    ['of the other family', aSlice(['fd00::1'], { addressType: 'IPv6' })],
    ['headless', aSlice(['10.0.1.1'], { labels: { 'service.kubernetes.io/headless': '' } })],
    [
      "another proxy's",
      aSlice(['10.0.1.1'], { labels: { 'service.kubernetes.io/service-proxy-name': 'other' } }),
    ],
    ["another Service's", aSlice(['10.0.1.1'], { service: 'svc2' })],
    ["no Service's", aSlice(['10.0.1.1'], { service: '' })],
  ])('%s', (_, slice) => {
    expect(endpointsWith([slice])).toEqual([]);
  });

  it('as single endpoints do that are not of the slice: logged once', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const endpoints = ['fd00::1', { addresses: [] }, '10.0.1.1'];
    expect(endpointsWith([aSlice(endpoints), aSlice([])], { log })).toEqual(['10.0.1.1:80']);
    expect(lines).toEqual([
      'EndpointSlice ns1/svc1-0: address "fd00::1" is ignored: it is not of family IPv4',
      'EndpointSlice ns1/svc1-0: address "" is ignored: it is not of family IPv4',
    ]);
  });
});

it('uses hints of zones by the label of the Node, as soon as it changes', () => {
  const tracker = createServiceTracker({ nodeName: 'host1', log: () => undefined });
  tracker.serviceChanged(aService(), 'ns1/svc1');
  tracker.serviceChanged(aService({}, { name: 'svc2' }), 'ns1/svc2');
  const inZone = (address: string, name: string) => ({
    addresses: [address],
    hints: { forZones: [{ name }] },
  });
  tracker.sliceChanged(aSlice([inZone('10.0.1.1', 'a'), inZone('10.0.1.2', 'b')]), 'ns1/svc1-1');
  tracker.sliceChanged(aSlice(['10.0.2.1'], { service: 'svc2' }), 'ns1/svc2-1');
  tracker.takeChanges('IPv4');
  expect(tracker.nodeChanged({ 'topology.kubernetes.io/zone': 'b' })).toBe(true);
  const { changed, services } = tracker.takeChanges('IPv4');
  expect(changed).toMatchObject([{ name: 'svc1', cluster: [{ address: '10.0.1.2' }] }]);
  expect(services).toBe(1);
  expect(tracker.nodeChanged({ 'topology.kubernetes.io/zone': 'b', other: 'x' })).toBe(false);
});

it('takes hints that name nobody for none', () => {
  const tracker = createServiceTracker({ nodeName: 'host1', log: () => undefined });
  tracker.nodeChanged({ 'topology.kubernetes.io/zone': 'a' });
  tracker.serviceChanged(aService(), 'ns1/svc1');
  const hinted = (address: string, ...zones: readonly string[]) => ({
    addresses: [address],
    hints: { forZones: zones.map((name) => ({ name })) },
  });
  tracker.sliceChanged(aSlice([hinted('10.0.1.1', 'a'), hinted('10.0.1.2')]), 'ns1/svc1-1');
  expect(tracker.takeChanges('IPv4').changed[0]?.cluster).toHaveLength(2);
});

it('uses hints of nodes by the name of the Node', () => {
  const forNode = (address: string, name: string) => ({
    addresses: [address],
    hints: { forNodes: [{ name }] },
  });
  const slice = aSlice([forNode('10.0.1.1', 'host1'), forNode('10.0.1.2', 'host2')]);
  expect(endpointsWith([slice])).toEqual(['10.0.1.1:80']);
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from '../api-object.ts';
import { createTestApi, type TestApi } from '../testing/test-api.ts';
import { repairClaims } from './repair.ts';

const services = '/api/v1/namespaces/default/services';
const named = (name: string, spec: JsonObject, ports: readonly JsonObject[] = [{ port: 80 }]) => ({
  metadata: { name },
  spec: { ports, ...spec },
});
const merge = { 'content-type': 'application/merge-patch+json' };
const specOf = (service: JsonObject) => at(service, 'spec');

const claimsOf = async ({ store }: TestApi) => {
  const page = await store.list({ prefix: '/allocations/' });
  return page.result === 'page'
    ? page.entries.map(({ key }) => key.slice('/allocations/'.length))
    : [];
};

describe('addresses', () => {
  it('come from the upper band, and leave the first ones to who asks', async () => {
    const api = await createTestApi();
    const service = await api.create(services, named('web', {}));
    const ip = textAt(service, 'spec', 'clusterIP');
    expect(ip).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(ip).not.toMatch(/^10\.96\.0\./);
    expect(specOf(service)).toMatchObject({
      type: 'ClusterIP',
      clusterIPs: [ip],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
  });

  it('are given to one Service only, whichever apiserver is asked', async () => {
    const api = await createTestApi();
    const other = await createTestApi({}, api.store);
    await api.create(services, named('dns', { clusterIP: '10.96.0.10' }));
    const refused = await other.send('POST', services, named('more', { clusterIP: '10.96.0.10' }));
    expect(refused.json).toMatchObject({
      code: 422,
      message:
        'Service "more" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
      details: { causes: [{ reason: 'FieldValueInvalid', field: 'spec.clusterIPs' }] },
    });
  });

  it('run out, and say so', async () => {
    const api = await createTestApi({ serviceClusterIpRanges: ['10.0.0.0/29'] });
    const ips = [];
    for (let index = 0; index < 6; index += 1) {
      ips.push(textAt(await api.create(services, named(`s${index}`, {})), 'spec', 'clusterIP'));
    }
    expect(ips.sort()).toEqual([1, 2, 3, 4, 5, 6].map((last) => `10.0.0.${last}`));
    expect((await api.send('POST', services, named('more', {}))).json).toMatchObject({
      code: 500,
      message: 'Internal error occurred: failed to allocate a serviceIP: range is full',
    });
    await api.send('DELETE', `${services}/s3`);
    await api.create(services, named('more', {}));
  });

  it('outside the range are refused', async () => {
    const api = await createTestApi();
    const refused = await api.send('POST', services, named('web', { clusterIP: '10.97.0.1' }));
    expect(textAt(refused.json, 'message')).toContain('The range of valid IPs is 10.96.0.0/16');
  });

  it('are not taken by what is only tried or is refused', async () => {
    const api = await createTestApi();
    const tried = await api.send(
      'POST',
      `${services}?dryRun=All`,
      named('web', { type: 'NodePort' }),
    );
    expect(tried.status).toBe(201);
    const invalid = await api.send('POST', services, named('Web', { type: 'NodePort' }));
    expect(invalid.status).toBe(422);
    expect(await claimsOf(api)).toEqual([]);
  });
});

describe('two families', () => {
  const cases: readonly (readonly [string, JsonObject, readonly string[], string])[] = [
    ['nothing said', {}, ['IPv4'], 'SingleStack'],
    ['preferred', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4', 'IPv6'], 'PreferDualStack'],
    ['required', { ipFamilyPolicy: 'RequireDualStack' }, ['IPv4', 'IPv6'], 'RequireDualStack'],
    ['IPv6 alone', { ipFamilies: ['IPv6'] }, ['IPv6'], 'SingleStack'],
    [
      'IPv6 first',
      { ipFamilies: ['IPv6'], ipFamilyPolicy: 'PreferDualStack' },
      ['IPv6', 'IPv4'],
      'PreferDualStack',
    ],
    ['by its address', { clusterIP: 'fd00:10:96::7' }, ['IPv6'], 'SingleStack'],
    [
      'headless with a selector',
      { clusterIP: 'None', selector: { a: 'b' } },
      ['IPv4'],
      'SingleStack',
    ],
    ['headless without one', { clusterIP: 'None' }, ['IPv4', 'IPv6'], 'RequireDualStack'],
  ];

  it.each(cases)('%s', async (_, spec, families, policy) => {
    const api = await createTestApi();
    const service = await api.create(services, named('web', spec));
    expect(at(service, 'spec', 'ipFamilies')).toEqual(families);
    expect(at(service, 'spec', 'ipFamilyPolicy')).toBe(policy);
    const ips = listAt(service, 'spec', 'clusterIPs').map(String);
    const found = ips.map((ip) => (ip.includes(':') ? 'IPv6' : 'IPv4'));
    expect(ips[0] === 'None' ? families : found).toEqual(families);
  });

  it('are not to be had where the cluster has one', async () => {
    const api = await createTestApi({ serviceClusterIpRanges: ['10.96.0.0/16'] });
    const spec = { ipFamilyPolicy: 'RequireDualStack' };
    const refused = await api.send('POST', services, named('web', spec));
    expect(refused.json).toMatchObject({
      message:
        'Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    });
    const preferred = await api.create(
      services,
      named('web', { ipFamilyPolicy: 'PreferDualStack' }),
    );
    expect(at(preferred, 'spec', 'ipFamilies')).toEqual(['IPv4']);
  });

  it('come and go with the policy, the first address staying', async () => {
    const api = await createTestApi();
    const service = await api.create(services, named('web', {}));
    const ip = textAt(service, 'spec', 'clusterIP');
    const upgrade = { spec: { ipFamilyPolicy: 'PreferDualStack' } };
    const both = (await api.send('PATCH', `${services}/web`, upgrade, merge)).json;
    expect(listAt(both, 'spec', 'clusterIPs')).toEqual([
      ip,
      expect.stringMatching(/^fd00:10:96::/),
    ]);
    expect(await claimsOf(api)).toHaveLength(2);
    const downgrade = { spec: { ipFamilyPolicy: 'SingleStack' } };
    const one = (await api.send('PATCH', `${services}/web`, downgrade, merge)).json;
    expect(specOf(one)).toMatchObject({ clusterIP: ip, clusterIPs: [ip], ipFamilies: ['IPv4'] });
    expect(await claimsOf(api)).toEqual([`clusterips/${ip}`]);
  });

  it('cannot be reduced without saying so', async () => {
    const api = await createTestApi();
    const service = await api.create(services, named('web', { ipFamilyPolicy: 'PreferDualStack' }));
    const patch = {
      spec: { clusterIPs: [listAt(service, 'spec', 'clusterIPs')[0] ?? ''], ipFamilies: ['IPv4'] },
    };
    const refused = await api.send('PATCH', `${services}/web`, patch, merge);
    expect(textAt(refused.json, 'message')).toContain(
      "must be 'SingleStack' to release the secondary cluster IP",
    );
  });
});

describe('node ports', () => {
  it('are one for all protocols of a port, and another for each port', async () => {
    const api = await createTestApi();
    const ports = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      { name: 'metrics', port: 9153 },
    ];
    const service = await api.create(services, named('dns', { type: 'NodePort' }, ports));
    const [udp, tcp, metrics] = listAt(service, 'spec', 'ports').map((port) =>
      at(port, 'nodePort'),
    );
    expect(udp).toBe(tcp);
    expect(metrics).not.toBe(tcp);
    expect(udp).toBeGreaterThanOrEqual(30086);
  });

  it.each([
    [30000, 'provided port is already allocated'],
    [80, 'provided port is not in the valid range. The range of valid ports is 30000-32767'],
  ])('asked for as %i are refused: %s', async (nodePort, detail) => {
    const api = await createTestApi();
    const first = [{ port: 80, nodePort: 30000 }];
    await api.create(services, named('first', { type: 'NodePort' }, first));
    const refused = await api.send(
      'POST',
      services,
      named('second', { type: 'NodePort' }, [{ port: 80, nodePort }]),
    );
    expect(refused.json).toMatchObject({
      message: `Service "second" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: ${detail}`,
    });
  });

  it('of a load balancer are left out when it says so, and its health check has one', async () => {
    const api = await createTestApi();
    const spec = {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: 'Local',
    };
    const service = await api.create(services, named('lb', spec));
    expect(listAt(service, 'spec', 'ports')).toEqual([
      { port: 80, protocol: 'TCP', targetPort: 80 },
    ]);
    expect(at(service, 'spec', 'healthCheckNodePort')).toBeGreaterThanOrEqual(30000);
    const cluster = { spec: { externalTrafficPolicy: 'Cluster' } };
    const changed = await api.send('PATCH', `${services}/lb`, cluster, merge);
    expect(changed.status).toBe(200);
    expect(at(changed.json, 'spec', 'healthCheckNodePort')).toBeUndefined();
    expect((await claimsOf(api)).filter((claim) => claim.startsWith('nodeports'))).toEqual([]);
  });
});

it('follows a Service through its types, and forgets it when it goes', async () => {
  const api = await createTestApi();
  const to = async (spec: JsonObject) => {
    const { status, json } = await api.send('PATCH', `${services}/web`, { spec }, merge);
    expect(status, JSON.stringify(json)).toBe(200);
    return json;
  };
  const first = await api.create(services, named('web', { type: 'NodePort' }));
  const ip = textAt(first, 'spec', 'clusterIP');

  const balanced = await to({ type: 'LoadBalancer' });
  expect(specOf(balanced)).toMatchObject({
    clusterIP: ip,
    ports: at(first, 'spec', 'ports'),
    allocateLoadBalancerNodePorts: true,
  });

  const plain = await to({ type: 'ClusterIP' });
  expect(specOf(plain)).toEqual({
    clusterIP: ip,
    clusterIPs: [ip],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
  });

  const external = await to({ type: 'ExternalName', externalName: 'example.com' });
  expect(specOf(external)).toEqual({
    externalName: 'example.com',
    internalTrafficPolicy: 'Cluster',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    sessionAffinity: 'None',
    type: 'ExternalName',
  });
  expect(await claimsOf(api)).toEqual([]);

  await to({ type: 'ClusterIP', externalName: null });
  expect(await claimsOf(api)).toHaveLength(1);
  await api.send('DELETE', `${services}/web`);
  expect(await claimsOf(api)).toEqual([]);
});

it('keeps what an update leaves out, and refuses to move a Service', async () => {
  const api = await createTestApi();
  const service = await api.create(services, named('web', { type: 'NodePort' }));
  const replaced = await api.send('PUT', `${services}/web`, named('web', { type: 'NodePort' }));
  expect(specOf(replaced.json)).toEqual(specOf(service));
  const moved = await api.send('PUT', `${services}/web`, named('web', { clusterIP: '10.96.0.99' }));
  expect(moved.json).toMatchObject({
    message:
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.99"]: may not change once set',
  });
});

it('creates what an update does not find', async () => {
  const api = await createTestApi();
  const put = await api.send('PUT', `${services}/web`, named('web', {}));
  expect([put.status, await claimsOf(api)]).toMatchObject([201, { length: 1 }]);
});

it('repairs: claims what stands without a claim, releases what nobody has', async () => {
  const api = await createTestApi();
  const service = await api.create(services, named('web', {}));
  const claim = `/allocations/clusterips/${textAt(service, 'spec', 'clusterIP')}`;
  const entry = await api.store.get(claim);
  await api.store.delete(claim, entry?.revision ?? 0);
  const orphan = { metadata: { name: '30001' }, owner: { uid: 'gone' }, claimedAt: Date.now() };
  await api.store.create('/allocations/nodeports/30001', orphan);
  await repairClaims(api.store);
  expect(await claimsOf(api)).toEqual([claim.slice('/allocations/'.length), 'nodeports/30001']);
  await repairClaims(api.store, Date.now() + 120_000);
  expect(await claimsOf(api)).toEqual([claim.slice('/allocations/'.length)]);
});

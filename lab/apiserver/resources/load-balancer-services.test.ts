import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from '../api-object.ts';
import { createTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/api/v1/namespaces/default/services';
const merge = { 'content-type': 'application/merge-patch+json' };
const port = { name: 'http', port: 80 };

const web = (spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject => ({
  metadata: { name: 'web', annotations },
  spec: { type: 'LoadBalancer', ports: [port], ...spec },
});

const specOf = (service: JsonObject) => at(service, 'spec');
const ingressOf = (service: JsonObject) => listAt(service, 'status', 'loadBalancer', 'ingress');

const patch = (api: TestApi, body: JsonObject, part = '') =>
  api.send('PATCH', `${services}/web${part}`, body, merge);

const tell = (api: TestApi, ...ingress: readonly JsonObject[]) =>
  patch(api, { status: { loadBalancer: { ingress } } }, '/status');

async function must(reply: Promise<{ readonly status: number; readonly json: JsonObject }>) {
  const { status, json } = await reply;
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

/** What is wrong, in upstream's words; `ok` where nothing is. */
const problemOf = ({ status, json }: { readonly status: number; readonly json: JsonObject }) =>
  status < 300 ? 'ok' : textAt(json, 'message').replace('Service "web" is invalid: ', '');

describe('the status of a load balancer', () => {
  const name = 'lb.hop.cloud.example';
  const wrongName = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
  const first = 'status.loadBalancer.ingress[0]';
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ ip: '203.0.113.1' }, 'ok'],
    [{ ip: '2001:db8:113::1', ipMode: 'VIP' }, 'ok'],
    [{ ip: '203.0.113.1', ipMode: 'Proxy' }, 'ok'],
    [{ hostname: name }, 'ok'],
    [{ ip: '203.0.113.1', hostname: name, ipMode: 'Proxy' }, 'ok'],
    [
      { ip: '203.0.113.256' },
      `${first}.ip: Invalid value: "203.0.113.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`,
    ],
    [
      { ip: '203.0.113.1', ipMode: 'Direct' },
      `${first}.ipMode: Unsupported value: "Direct": supported values: "Proxy", "VIP"`,
    ],
    [
      { ip: '203.0.113.1', ipMode: '' },
      `${first}.ipMode: Unsupported value: "": supported values: "Proxy", "VIP"`,
    ],
    [
      { hostname: name, ipMode: 'Proxy' },
      `${first}.ipMode: Forbidden: may not be specified when \`ip\` is not set`,
    ],
    [{ hostname: 'LB' }, `${first}.hostname: Invalid value: "LB": ${wrongName}`],
    [
      { hostname: '203.0.113.1' },
      `${first}.hostname: Invalid value: "203.0.113.1": must be a DNS name, not an IP address`,
    ],
    // The API's documentation has a format for these; upstream looks at none of it.
    [{ ip: '203.0.113.1', ports: [{ port: 80, protocol: 'TCP', error: 'no such' }] }, 'ok'],
  ];

  it.each(cases)('%j: %s', async (ingress, problem) => {
    const api = await createTestApi();
    await api.create(services, web());
    expect(problemOf(await tell(api, ingress))).toBe(problem);
  });

  it('is VIP where an address is given without a mode, and a name has none', async () => {
    const api = await createTestApi();
    await api.create(services, web());
    const told = await must(tell(api, { ip: '203.0.113.1' }, { hostname: name }));
    expect(ingressOf(told)).toEqual([{ ip: '203.0.113.1', ipMode: 'VIP' }, { hostname: name }]);
  });

  it('may go from VIP to Proxy and back', async () => {
    const api = await createTestApi();
    await api.create(services, web());
    for (const ipMode of ['VIP', 'Proxy', 'VIP']) {
      const told = await must(tell(api, { ip: '203.0.113.1', ipMode }));
      expect(ingressOf(told)).toEqual([{ ip: '203.0.113.1', ipMode }]);
    }
  });

  it('is for load balancers only', async () => {
    const api = await createTestApi();
    await api.create(services, web({ type: 'NodePort' }));
    expect(problemOf(await tell(api, { ip: '203.0.113.1' }))).toBe(
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    );
  });

  it('is empty at first, whatever whoever creates the Service says', async () => {
    const api = await createTestApi();
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } };
    const created = await api.create(services, { ...web(), status });
    expect(created.status).toEqual({ loadBalancer: {} });
    const replaced = await must(api.send('PUT', `${services}/web`, { ...web(), status }));
    expect(at(replaced, 'status')).toEqual({ loadBalancer: {} });
  });

  it('is cleared by the apiserver with the type, and its finalizer is not', async () => {
    const api = await createTestApi();
    await api.create(services, web());
    await must(tell(api, { ip: '203.0.113.1' }));
    const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
    const conditions = [
      {
        type: 'Served',
        status: 'True',
        reason: 'Tested',
        message: '',
        lastTransitionTime: '2025-01-01T00:00:00Z',
      },
    ];
    const held = await must(
      patch(api, { metadata: { finalizers }, status: { conditions } }, '/status'),
    );
    expect(ingressOf(held)).toHaveLength(1);
    const plain = await must(patch(api, { spec: { type: 'ClusterIP' } }));
    expect(at(plain, 'status')).toEqual({ loadBalancer: {}, conditions });
    expect(at(plain, 'metadata', 'finalizers')).toEqual(finalizers);
  });

  it('holds a Service that is deleted until its finalizer goes, with what else /status may change', async () => {
    const api = await createTestApi();
    const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
    await api.create(services, { ...web(), metadata: { name: 'web', finalizers } });
    await api.send('DELETE', `${services}/web`);
    const deleted = await must(api.send('GET', `${services}/web`));
    expect(textAt(deleted, 'metadata', 'deletionTimestamp')).not.toBe('');
    await must(
      patch(api, { metadata: { finalizers: null }, spec: { type: 'ClusterIP' } }, '/status'),
    );
    expect((await api.send('GET', `${services}/web`)).status).toBe(404);
  });
});

describe('the class of a load balancer', () => {
  it('is for load balancers only, and looks like a label', async () => {
    const api = await createTestApi();
    const create = async (spec: JsonObject) =>
      problemOf(await api.send('POST', `${services}?dryRun=All`, web(spec)));
    expect(await create({ loadBalancerClass: 'example.com/internal' })).toBe('ok');
    expect(await create({ type: 'NodePort', loadBalancerClass: 'a/b' })).toBe(
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    );
    expect(await create({ loadBalancerClass: 'a b' })).toBe(
      "spec.loadBalancerClass: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    );
  });

  const changes: readonly (readonly [from: string | null, to: string | null, value: string])[] = [
    ['a/b', 'a/c', '"a/c"'],
    ['a/b', null, '"null"'],
    [null, 'a/b', '"a/b"'],
  ];
  it.each(changes)('does not go from %s to %s while it is one', async (from, to, value) => {
    const api = await createTestApi();
    await api.create(services, web(from === null ? {} : { loadBalancerClass: from }));
    expect(problemOf(await patch(api, { spec: { loadBalancerClass: to } }))).toBe(
      `spec.loadBalancerClass: Invalid value: ${value}: may not change once set`,
    );
  });

  it('goes with the type, and may be another when it comes back', async () => {
    const api = await createTestApi();
    await api.create(services, web({ loadBalancerClass: 'a/b' }));
    const plain = await must(patch(api, { spec: { type: 'NodePort' } }));
    expect(specOf(plain)).not.toHaveProperty('loadBalancerClass');
    expect(specOf(plain)).not.toHaveProperty('allocateLoadBalancerNodePorts');
    const back = { spec: { type: 'LoadBalancer', loadBalancerClass: 'a/c' } };
    expect(specOf(await must(patch(api, back)))).toMatchObject({ loadBalancerClass: 'a/c' });
  });

  it('that is set with another type at once is refused', async () => {
    const api = await createTestApi();
    await api.create(services, web({ loadBalancerClass: 'a/b' }));
    const both = { spec: { type: 'NodePort', loadBalancerClass: 'a/c' } };
    expect(problemOf(await patch(api, both))).toBe(
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    );
  });
});

describe('node ports of a load balancer', () => {
  const portOf = (service: JsonObject) => at(listAt(service, 'spec', 'ports')[0], 'nodePort');

  it('are allocated unless the Service says no; only load balancers may', async () => {
    const api = await createTestApi();
    const service = await api.create(services, web());
    expect(specOf(service)).toMatchObject({ allocateLoadBalancerNodePorts: true });
    expect(portOf(service)).toBeGreaterThanOrEqual(30000);
    const other = { spec: { type: 'NodePort', allocateLoadBalancerNodePorts: false } };
    expect(problemOf(await patch(api, other))).toBe(
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
    );
  });

  it('that were allocated stay when it says no afterwards, and come when it says yes', async () => {
    const api = await createTestApi();
    const before = portOf(await api.create(services, web()));
    const no = { spec: { allocateLoadBalancerNodePorts: false } };
    expect(portOf(await must(patch(api, no)))).toBe(before);
    await api.send('DELETE', `${services}/web`);
    const without = await api.create(services, web({ allocateLoadBalancerNodePorts: false }));
    expect(portOf(without)).toBeUndefined();
    const yes = { spec: { allocateLoadBalancerNodePorts: true } };
    expect(portOf(await must(patch(api, yes)))).toBeGreaterThanOrEqual(30000);
  });

  it('asked for are had, also where none are allocated', async () => {
    const api = await createTestApi();
    const ports = [{ ...port, nodePort: 30123 }];
    const asked = web({ allocateLoadBalancerNodePorts: false, ports });
    expect(portOf(await api.create(services, asked))).toBe(30123);
  });

  it.each(['NodePort', 'ClusterIP'])('are kept or released when it becomes a %s', async (type) => {
    const api = await createTestApi();
    const before = portOf(await api.create(services, web()));
    const changed = await must(patch(api, { spec: { type } }));
    expect(portOf(changed)).toBe(type === 'NodePort' ? before : undefined);
    const again = await api.send('POST', services, {
      metadata: { name: 'other' },
      spec: { type: 'NodePort', ports: [{ ...port, nodePort: before ?? null }] },
    });
    expect(again.status).toBe(type === 'NodePort' ? 422 : 201);
  });

  it('are released with a port that is added and removed in the same change as the type', async () => {
    const api = await createTestApi();
    await api.create(services, web({ ports: [port, { name: 'https', port: 443 }] }));
    const changed = await must(patch(api, { spec: { type: 'ClusterIP', ports: [port] } }));
    expect(listAt(changed, 'spec', 'ports')).toEqual([
      { ...port, protocol: 'TCP', targetPort: 80 },
    ]);
  });
});

describe('the port of a load balancer’s health check', () => {
  const healthOf = (service: JsonObject) => at(service, 'spec', 'healthCheckNodePort');
  const local = { externalTrafficPolicy: 'Local' };

  it('is allocated with `Local`, kept, and released without', async () => {
    const api = await createTestApi();
    const first = healthOf(await api.create(services, web(local)));
    expect(first).toBeGreaterThanOrEqual(30000);
    expect(healthOf(await must(api.send('PUT', `${services}/web`, web(local))))).toBe(first);
    const cluster = await must(patch(api, { spec: { externalTrafficPolicy: 'Cluster' } }));
    expect(healthOf(cluster)).toBeUndefined();
    const other = { ...web({ ...local, healthCheckNodePort: first ?? null }) };
    await api.create(services, { ...other, metadata: { name: 'other' } });
  });

  it('is the one asked for, where it is free', async () => {
    const api = await createTestApi();
    const asked = web({ ...local, healthCheckNodePort: 30200 });
    expect(healthOf(await api.create(services, asked))).toBe(30200);
    const taken = await api.send('POST', services, { ...asked, metadata: { name: 'other' } });
    expect(taken.json).toMatchObject({
      code: 500,
      message:
        'Internal error occurred: failed to allocate requested HealthCheck NodePort 30200: provided port is already allocated',
    });
  });

  it('does not change', async () => {
    const api = await createTestApi();
    await api.create(services, web({ ...local, healthCheckNodePort: 30200 }));
    expect(problemOf(await patch(api, { spec: { healthCheckNodePort: 30201 } }))).toBe(
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    );
  });

  it.each([{}, { type: 'NodePort', ...local }])('is not for %j', async (spec) => {
    const api = await createTestApi();
    const refused = await api.send('POST', services, web({ ...spec, healthCheckNodePort: 30200 }));
    expect(problemOf(refused)).toBe(
      "spec.healthCheckNodePort: Invalid value: 30200: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    );
  });

  it('is dropped with the type', async () => {
    const api = await createTestApi();
    await api.create(services, web(local));
    const plain = await must(patch(api, { spec: { type: 'ClusterIP' } }));
    expect(specOf(plain)).not.toHaveProperty('healthCheckNodePort');
    expect(specOf(plain)).not.toHaveProperty('externalTrafficPolicy');
  });
});

describe('source ranges', () => {
  const annotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const annotated = `metadata.annotations[${annotation}]`;
  const badRange = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  const onlyThere = "Forbidden: may only be used when `type` is 'LoadBalancer'";
  const of = (...loadBalancerSourceRanges: readonly string[]) => ({ loadBalancerSourceRanges });
  const cases: readonly (readonly [JsonObject, JsonObject, string])[] = [
    [of('192.0.2.0/24', ' 2001:db8::/64 '), {}, 'ok'],
    [
      of('192.0.2.1'),
      {},
      `spec.LoadBalancerSourceRanges[0]: Invalid value: "192.0.2.1": ${badRange}`,
    ],
    [
      { type: 'NodePort', ...of('192.0.2.0/24') },
      {},
      `spec.LoadBalancerSourceRanges: ${onlyThere}`,
    ],
    [{}, { [annotation]: '192.0.2.0/24, 10.0.0.0/8' }, 'ok'],
    [{}, { [annotation]: ' ' }, 'ok'],
    [{}, { [annotation]: '192.0.2.0/24,x' }, `${annotated}: Invalid value: "x": ${badRange}`],
    [{ type: 'ClusterIP' }, { [annotation]: '192.0.2.0/24' }, `${annotated}: ${onlyThere}`],
    // The field counts where both are there.
    [of('192.0.2.0/24'), { [annotation]: 'x' }, 'ok'],
  ];
  it.each(cases)('%j %j: %s', async (spec, annotations, problem) => {
    const api = await createTestApi();
    const path = `${services}?dryRun=All`;
    expect(problemOf(await api.send('POST', path, web(spec, annotations)))).toBe(problem);
  });
});

describe('what a load balancer is given where it says nothing', () => {
  it('is what upstream gives', async () => {
    const api = await createTestApi();
    const spec = specOf(await api.create(services, web({ loadBalancerIP: '203.0.113.9' })));
    expect(spec).toMatchObject({
      allocateLoadBalancerNodePorts: true,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      loadBalancerIP: '203.0.113.9',
      sessionAffinity: 'None',
    });
    expect(spec).not.toHaveProperty('sessionAffinityConfig');
    expect(spec).not.toHaveProperty('healthCheckNodePort');
    expect(spec).not.toHaveProperty('loadBalancerClass');
  });

  it('is three hours of affinity, and none at all without', async () => {
    const api = await createTestApi();
    const service = await api.create(services, web({ sessionAffinity: 'ClientIP' }));
    expect(specOf(service)).toMatchObject({
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
    });
    const none = await must(patch(api, { spec: { sessionAffinity: 'None' } }));
    expect(specOf(none)).not.toHaveProperty('sessionAffinityConfig');
  });

  it('goes to a ClusterIP, too, that has addresses outside', async () => {
    const api = await createTestApi();
    const spec = { type: 'ClusterIP', externalIPs: ['198.51.100.7'] };
    const service = await api.create(services, web(spec));
    expect(specOf(service)).toMatchObject({ externalTrafficPolicy: 'Cluster' });
    const without = await must(patch(api, { spec: { externalIPs: null } }));
    expect(specOf(without)).not.toHaveProperty('externalTrafficPolicy');
  });
});

describe('ports of a load balancer', () => {
  it('may be of all protocols, each at the same number, and say what is spoken there', async () => {
    const api = await createTestApi();
    const ports = ['TCP', 'UDP', 'SCTP'].map((protocol) => ({
      name: protocol.toLowerCase(),
      port: 53,
      protocol,
      appProtocol: 'example.com/words',
    }));
    const service = await api.create(services, web({ ports }));
    const given = listAt(service, 'spec', 'ports').map((one) => at(one, 'nodePort'));
    expect(new Set(given).size).toBe(1);
    expect(listAt(service, 'spec', 'ports')[2]).toMatchObject({ appProtocol: 'example.com/words' });
  });

  const wrong: readonly (readonly [readonly JsonObject[], string])[] = [
    [
      [{ port: 10250 }],
      'spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
    ],
    [
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    [
      [{ port: 80, protocol: 'QUIC' }],
      'spec.ports[0].protocol: Unsupported value: "QUIC": supported values: "SCTP", "TCP", "UDP"',
    ],
  ];
  it.each(wrong)('%j: %s', async (ports, problem) => {
    const api = await createTestApi();
    const path = `${services}?dryRun=All`;
    const service = web({ ports: [...ports], allocateLoadBalancerNodePorts: false });
    expect(problemOf(await api.send('POST', path, service))).toBe(problem);
  });

  it('has an address of its own in the cluster', async () => {
    const api = await createTestApi();
    expect(problemOf(await api.send('POST', services, web({ clusterIP: 'None' })))).toBe(
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
    );
  });
});

describe('kubectl get services', () => {
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const externalIp = async (api: TestApi) => {
    const { json } = await api.send('GET', services, undefined, table);
    return listAt(listAt(json, 'rows')[0], 'cells')[3];
  };

  it('shows that nobody has given an address yet, and then the addresses, in order, and names', async () => {
    const api = await createTestApi();
    await api.create(services, web());
    expect(await externalIp(api)).toBe('<pending>');
    await tell(api, { ip: '203.0.113.9' }, { ip: '2001:db8:113::9' }, { ip: '203.0.113.9' });
    expect(await externalIp(api)).toBe('2001:db8:113::9,203.0.113.9');
    await tell(api, { hostname: 'lb.hop.cloud.example' });
    expect(await externalIp(api)).toBe('lb.hop.cloud.example');
    await patch(api, { spec: { externalIPs: ['198.51.100.7'] } });
    expect(await externalIp(api)).toBe('lb.hop.cloud.example,198.51.100.7');
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { listAt, textAt } from '../api-object.ts';
import { createTestApi } from '../testing/test-api.ts';

const core = '/api/v1/namespaces/default';
const dry = '?dryRun=All';

/** The causes of a refusal as `field: message`; `accepted` where there is none. */
async function verdict(path: string, body: JsonObject, flags = {}): Promise<readonly string[]> {
  const api = await createTestApi(flags);
  const { status, json } = await api.send('POST', path, body);
  if (status === 201) return ['accepted'];
  if (status !== 422) return [`${status} ${textAt(json, 'message')}`];
  return listAt(json, 'details', 'causes').map(
    (cause) => `${textAt(cause, 'field')}: ${textAt(cause, 'message')}`,
  );
}

type Case = readonly [what: string, body: JsonObject, ...causes: string[]];

const asCase = ([what, body, ...causes]: Case) => ({ what, body, causes });

describe('metadata', () => {
  const cases: readonly Case[] = [
    ['no name', {}, 'metadata.name: Required value: name or generateName is required'],
    [
      'a name with capitals',
      { metadata: { name: 'A' } },
      `metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
    [
      'a name that is too long',
      { metadata: { name: 'a'.repeat(254) } },
      `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
    ],
    [
      'a label’s key without a name',
      { metadata: { name: 'a', labels: { 'example.com/': 'x' } } },
      'metadata.labels: Invalid value: "example.com/": name part must be non-empty',
      `metadata.labels: Invalid value: "example.com/": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      'annotations beyond all measure',
      { metadata: { name: 'a', annotations: { a: 'x'.repeat(262_144) } } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      'a finalizer without a domain',
      { metadata: { name: 'a', finalizers: ['mine'] } },
      'metadata.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      'an annotation with capitals in its key',
      { metadata: { name: 'a', annotations: { A: '' } } },
      'accepted',
    ],
  ];
  it.each(cases.map(asCase))('$what', async ({ body, causes }) => {
    expect(await verdict(`${core}/configmaps${dry}`, body)).toEqual(causes);
  });
});

describe('ConfigMaps and Secrets', () => {
  const metadata = { name: 'a' };
  const cases: readonly (readonly [string, string, JsonObject, ...string[]])[] = [
    [
      'a key with a slash',
      'configmaps',
      { data: { 'a/b': '' } },
      `data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    ],
    [
      'a key in both maps',
      'configmaps',
      { data: { a: '1' }, binaryData: { a: 'MQ==' } },
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ],
    [
      'more than a mebibyte',
      'configmaps',
      { data: { a: 'x'.repeat(1024 * 1024 + 1) } },
      ': Too long: may not be more than 1048576 bytes',
    ],
    ['a mebibyte', 'configmaps', { data: { a: 'x'.repeat(1024 * 1024) } }, 'accepted'],
    [
      'a certificate without its key',
      'secrets',
      { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } },
      'data[tls.key]: Required value',
    ],
    [
      'a token without its account',
      'secrets',
      { type: 'kubernetes.io/service-account-token' },
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ],
  ];
  const asOneOf = ([what, plural, body, ...causes]: (typeof cases)[number]) => {
    return { what, plural, body, causes };
  };
  it.each(cases.map(asOneOf))('$what', async ({ plural, body, causes }) => {
    expect(await verdict(`${core}/${plural}${dry}`, { metadata, ...body })).toEqual(causes);
  });

  it('that are immutable stay as they are', async () => {
    const api = await createTestApi();
    const map = { metadata, data: { a: '1' }, immutable: true };
    await api.create(`${core}/configmaps`, map);
    const changed = await api.send('PUT', `${core}/configmaps/a`, { metadata, data: { a: '2' } });
    expect(textAt(changed.json, 'message')).toBe(
      'ConfigMap "a" is invalid: [immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when `immutable` is set]',
    );
  });
});

describe('Services', () => {
  const service = (spec: JsonObject): JsonObject => ({ metadata: { name: 'web' }, spec });
  const port = { port: 80 };
  const cases: readonly Case[] = [
    ['no ports', service({}), 'spec.ports: Required value'],
    ['no ports, headless', service({ clusterIP: 'None' }), 'accepted'],
    [
      'two ports without names',
      service({ ports: [port, { port: 81 }] }),
      'spec.ports[0].name: Required value',
      'spec.ports[1].name: Required value',
    ],
    [
      'a port out of range',
      service({ ports: [{ port: 65536 }] }),
      'spec.ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive',
    ],
    [
      'a protocol that nobody speaks',
      service({ ports: [{ port: 80, protocol: 'ICMP' }] }),
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'the same port twice',
      service({
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      }),
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    [
      'the same port for two protocols',
      service({
        ports: [
          { name: 'a', port: 53 },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      }),
      'accepted',
    ],
    [
      'a target by a name that is none',
      service({ ports: [{ port: 80, targetPort: 'no--name' }] }),
      'spec.ports[0].targetPort: Invalid value: "no--name": must not contain consecutive hyphens',
    ],
    [
      'a node port without being of that type',
      service({ ports: [{ port: 80, nodePort: 30080 }] }),
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      'a type of its own',
      service({ type: 'Balancer', ports: [port] }),
      'spec.type: Unsupported value: "Balancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      'headless, with node ports',
      service({ type: 'NodePort', clusterIP: 'None', ports: [port] }),
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
    [
      'a name without a name',
      service({ type: 'ExternalName' }),
      'spec.externalName: Required value',
    ],
    [
      'affinity for too long',
      service({
        ports: [port],
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } },
      }),
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
    [
      'external addresses that are nobody’s',
      service({ ports: [port], externalIPs: ['127.0.0.1', 'x'] }),
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'what only load balancers have',
      service({
        ports: [port],
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        loadBalancerClass: 'a/b',
      }),
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      'a range that is none',
      service({ type: 'LoadBalancer', ports: [port], loadBalancerSourceRanges: ['10.0.0.0'] }),
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      'policies for nobody',
      service({ ports: [port], externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Near' }),
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      'two addresses of one family',
      service({ ports: [port], clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1', '10.96.1.2'] }),
      'spec.clusterIPs: Invalid value: ["10.96.1.1","10.96.1.2"]: may specify no more than one IP for each IP family',
    ],
  ];
  it.each(cases.map(asCase))('$what', async ({ body, causes }) => {
    expect(await verdict(`${core}/services${dry}`, body)).toEqual(causes);
  });
});

describe('pods', () => {
  const container = { name: 'web', image: 'echo' };
  const pod = (spec: JsonObject): JsonObject => ({
    metadata: { name: 'web' },
    spec: { containers: [container], ...spec },
  });
  const of = (more: JsonObject): JsonObject => pod({ containers: [{ ...container, ...more }] });
  const cases: readonly Case[] = [
    ['no containers', pod({ containers: [] }), 'spec.containers: Required value'],
    ['no image', pod({ containers: [{ name: 'a' }] }), 'spec.containers[0].image: Required value'],
    [
      'one name twice',
      pod({ initContainers: [container] }),
      'spec.initContainers[0].name: Duplicate value: "web"',
    ],
    [
      'another restart policy',
      pod({ restartPolicy: 'Sometimes' }),
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      'a mount without its volume',
      of({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ],
    [
      'two ports of one name',
      of({
        ports: [
          { name: 'a', containerPort: 1 },
          { name: 'a', containerPort: 0 },
        ],
      }),
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
      'spec.containers[0].ports[1].containerPort: Required value',
    ],
    [
      'a port’s name that is too long',
      of({ ports: [{ name: 'a-very-long-name-', containerPort: 1 }] }),
      'spec.containers[0].ports[0].name: Invalid value: "a-very-long-name-": must be no more than 15 characters',
      'spec.containers[0].ports[0].name: Invalid value: "a-very-long-name-": must not begin or end with a hyphen',
    ],
    [
      'a variable from nowhere',
      of({ env: [{ name: 'A', valueFrom: {} }] }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    ],
    [
      'a probe that asks nothing',
      of({ readinessProbe: {} }),
      'spec.containers[0].readinessProbe: Required value: must specify a handler type',
    ],
    [
      'a probe that asks twice',
      of({
        livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 }, successThreshold: 2 },
      }),
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'more asked for than allowed',
      of({ resources: { requests: { cpu: '1' }, limits: { cpu: '500m' } } }),
      'spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m',
    ],
    [
      'an amount that is none',
      of({ resources: { limits: { cpu: 'much' } } }),
      `400 Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
    [
      'two volumes in one',
      pod({ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }] }),
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    ['a volume of no kind, which is an empty one', pod({ volumes: [{ name: 'a' }] }), 'accepted'],
    [
      'a toleration of everything that names a value',
      pod({ tolerations: [{ operator: 'Equal', value: 'x' }] }),
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ];
  it.each(cases.map(asCase))('$what', async ({ body, causes }) => {
    expect(await verdict(`${core}/pods${dry}`, body)).toEqual(causes);
  });
});

describe('Deployments', () => {
  const deployment = (spec: JsonObject): JsonObject => ({
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'echo' }] },
      },
      ...spec,
    },
  });
  const cases: readonly Case[] = [
    ['as it should be', deployment({}), 'accepted'],
    [
      'fewer than none',
      deployment({ replicas: -1 }),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a selector of others',
      deployment({ selector: { matchLabels: { app: 'other' } } }),
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'a selector of all',
      deployment({ selector: {} }),
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ],
    [
      'a selector without values',
      deployment({ selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'a strategy that never moves',
      deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
    ],
    [
      'two strategies',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      'pods that are not restarted',
      deployment({
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'echo' }] },
        },
      }),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ];
  it.each(cases.map(asCase))('$what', async ({ body, causes }) => {
    expect(await verdict(`/apis/apps/v1/namespaces/default/deployments${dry}`, body)).toEqual(
      causes,
    );
  });
});

describe('EndpointSlices, Endpoints and Leases', () => {
  const slices = `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices${dry}`;
  const slice = (address: string, addressType = 'IPv4'): JsonObject => ({
    metadata: { name: 'web' },
    addressType,
    endpoints: [{ addresses: [address] }],
  });
  const cases: readonly Case[] = [
    ['a pod', slice('10.244.1.2'), 'accepted'],
    [
      'loopback',
      slice('127.0.0.1'),
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'link-local',
      slice('fe80::1', 'IPv6'),
      'endpoints[0].addresses[0]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      'another family',
      slice('10.244.1.2', 'IPv6'),
      'endpoints[0].addresses[0]: Invalid value: "10.244.1.2": must be a valid IPv6 address',
    ],
  ];
  it.each(cases.map(asCase))('$what', async ({ body, causes }) => {
    expect(await verdict(slices, body)).toEqual(causes);
  });

  it('take loopback addresses in a lab that has no others', async () => {
    const flags = { allowLoopbackEndpoints: true };
    expect(await verdict(slices, slice('127.244.1.2'), flags)).toEqual(['accepted']);
  });

  it('refuse subsets of nothing, and leases of no time', async () => {
    const endpoints = { metadata: { name: 'web' }, subsets: [{ ports: [{ port: 80 }] }] };
    expect(await verdict(`${core}/endpoints${dry}`, endpoints)).toEqual([
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ]);
    const lease = { metadata: { name: 'a' }, spec: { leaseDurationSeconds: 0 } };
    const leases = `/apis/coordination.k8s.io/v1/namespaces/default/leases${dry}`;
    expect(await verdict(leases, lease)).toEqual([
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    ]);
  });
});

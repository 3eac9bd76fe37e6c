import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../bastion/testing/ask.ts';
import { startBastionProcess } from '../bastion/testing/bastion-process.ts';
import { startBastionCluster } from '../bastion/testing/cluster.ts';
import type { ApiObject } from '../apiserver/api-object.ts';
import { startTestApiserver } from '../apiserver/testing/test-apiserver.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { startRecordingTarget } from './testing/recording-target.ts';

/** Where no proxy may be led, as an object could say it. */
const addresses = [
  '127.0.0.1',
  '127.1',
  '127.0.0.2',
  '0.0.0.0',
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '127.000.000.001',
  '::1',
  '::',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '169.254.169.254',
  'fe80::1',
  '10.0.0.1%lo',
  '224.0.0.1',
  'ff02::1',
  '255.255.255.255',
  'localhost',
  'localhost.',
  '127.0.0.1.',
  '127.0.0.1 ',
  '127.0.0.1@10.0.0.1',
  '127.0.0.1\r\nX: y',
];

const owned = new AsyncDisposableStack();
let servers: readonly { readonly port: number; readonly ca: string }[] = [];
let target: Awaited<ReturnType<typeof startRecordingTarget>>;
let cluster: Awaited<ReturnType<typeof startBastionCluster>>;

/** Servers that were not told to go to loopback addresses. */
beforeAll(async () => {
  target = owned.use(await startRecordingTarget('canary'));
  const store = createMemoryStore<ApiObject>();
  // It takes what it should not, so that the others find it.
  cluster = owned.use(await startBastionCluster({ store }));
  const strict = owned.use(await startTestApiserver({ store }));
  const flags = cluster.flags.filter((flag) => flag !== '--allow-loopback-endpoints');
  const bastion = owned.use(await startBastionProcess(flags));
  servers = [
    { port: strict.port, ca: strict.caPem },
    { port: bastion.port, ca: cluster.serving.certificatePem },
  ];
});
afterAll(() => owned.disposeAsync());

const core = '/api/v1/namespaces/default';

/** Creates it where the API takes it at all. */
async function tryToCreate(path: string, object: Readonly<Record<string, unknown>>) {
  await cluster.create(path, object).catch(() => undefined);
}

async function expectNothingReached(path: string): Promise<void> {
  for (const server of servers) {
    const { status, text } = await ask(path, { ...server, token: 'admin' });
    expect([path, status]).toEqual([path, expect.toBeOneOf([400, 404, 500, 503])]);
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', code: status });
  }
  expect(target.received()).toEqual([]);
}

it.each(addresses.map((address, at) => [address, at] as const))(
  'leads nobody to %j',
  async (address, at) => {
    const { port } = target;
    const name = `at-${at}`;
    const ports = [{ name: 'http', port }];
    await tryToCreate(`${core}/pods`, {
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: port }] }] },
      status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
    });
    await tryToCreate(`${core}/services`, { metadata: { name }, spec: { ports } });
    const targetRef = { kind: 'Pod', namespace: 'default', name };
    await tryToCreate(`${core}/endpoints`, {
      metadata: { name },
      subsets: [{ addresses: [{ ip: address, targetRef }], ports }],
    });
    await tryToCreate('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: address.includes(':') ? 'IPv6' : 'IPv4',
      ports: [{ ...ports[0], protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true }, targetRef }],
    });
    const status = (type: string) => ({
      addresses: [{ type, address }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    });
    for (const type of ['InternalIP', 'Hostname']) {
      const node = `${name}-${type.toLowerCase()}`;
      await tryToCreate('/api/v1/nodes', { metadata: { name: node }, status: status(type) });
      await expectNothingReached(`/api/v1/nodes/${node}/proxy/`);
      await expectNothingReached(`/api/v1/nodes/http:${node}:${port}/proxy/`);
    }
    await expectNothingReached(`${core}/pods/${name}/proxy/`);
    await expectNothingReached(`${core}/pods/${name}:${port}/proxy/`);
    await expectNothingReached(`${core}/services/${name}:http/proxy/`);
  },
);

/** What whoever may write endpoints could say of an address that is no pod's. */
const references = [
  ['nothing', undefined],
  ['a pod of another namespace', { kind: 'Pod', namespace: 'kube-system', name: 'good' }],
  ['a pod without its namespace', { kind: 'Pod', name: 'good' }],
  ['a pod with another address', { kind: 'Pod', namespace: 'default', name: 'good' }],
  ['a ConfigMap', { kind: 'ConfigMap', namespace: 'default', name: 'good' }],
  ['a pod that is not there', { kind: 'Pod', namespace: 'default', name: 'nosuch' }],
  ['a path', { kind: 'Pod', namespace: 'default', name: '../../nodes/node-1' }],
] as const;

it.each(references.map((reference, at) => [...reference, at] as const))(
  'leads nobody where an endpoint names %s',
  async (_, targetRef, at) => {
    const name = `ref-${at}`;
    const ip = '192.0.2.77';
    const ports = [{ name: 'http', port: target.port }];
    await tryToCreate(`${core}/pods`, {
      metadata: { name: 'good' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
      status: { podIP: '192.0.2.1', podIPs: [{ ip: '192.0.2.1' }] },
    });
    await tryToCreate(`${core}/services`, { metadata: { name }, spec: { ports } });
    await tryToCreate(`${core}/endpoints`, {
      metadata: { name },
      subsets: [{ addresses: [{ ip, ...(targetRef && { targetRef }) }], ports }],
    });
    await tryToCreate('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ ...ports[0], protocol: 'TCP' }],
      endpoints: [{ addresses: [ip], ...(targetRef && { targetRef }) }],
    });
    for (const server of servers) {
      const path = `${core}/services/${name}:http/proxy/`;
      const { status, text } = await ask(path, { ...server, token: 'admin' });
      // Nobody was dialled: there is no endpoint.
      expect([status, JSON.parse(text)]).toMatchObject([
        status === 404 ? 404 : 503,
        { message: expect.stringMatching(/no endpoints available|not found/) as string },
      ]);
    }
  },
);

it('leads nobody to the name of a Service outside', async () => {
  await cluster.create(`${core}/services`, {
    metadata: { name: 'outside' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: target.port }] },
  });
  await expectNothingReached(`${core}/services/outside:${target.port}/proxy/`);
  await expectNothingReached(`${core}/services/outside/proxy/`);
});

it('would lead there, were it allowed', async () => {
  const { port, caPem: ca } = cluster.apiserver;
  const path = `${core}/pods/at-0:${target.port}/proxy/`;
  expect(await ask(path, { port, ca, token: 'admin' })).toMatchObject({ status: 200, text: 'ok' });
  expect(target.received()).toHaveLength(1);
});

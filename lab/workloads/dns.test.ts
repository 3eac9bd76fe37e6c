import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { createSecureServer } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { servingCredential } from './certificate.ts';
import { start } from './dns.ts';
import { runPod, type Pod } from './testing/pod.ts';

const service = (name: string, spec: object) => ({ metadata: { name, namespace: 'shop' }, spec });
const http = [{ name: 'http', port: 80, protocol: 'TCP' }];
const services = [
  service('web', { clusterIPs: ['10.96.0.7', 'fd00:10:96::7'], ports: http }),
  service('peers', { clusterIPs: ['None'], ports: http }),
  service('payments', { type: 'ExternalName', externalName: 'payments.example.com' }),
];
const slices = [
  {
    metadata: {
      name: 'peers-1',
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': 'peers' },
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      // More than a datagram holds.
      ...Array.from({ length: 40 }, (_, index) => ({ addresses: [`10.244.1.${index + 1}`] })),
      { addresses: ['10.244.1.200'], hostname: 'first' },
      { addresses: ['10.244.1.250'], conditions: { ready: false } },
    ],
  },
];

const ports = [
  { name: 'dns', containerPort: 1053, protocol: 'UDP' },
  { name: 'dns-tcp', containerPort: 1053, protocol: 'TCP' },
  { name: 'readiness', containerPort: 8181, protocol: 'TCP' },
] as const;

/** Lists what there is, and has nothing to add. */
async function startApi() {
  const { certificatePem: cert, keyPem: key } = await servingCredential();
  const server = createSecureServer({ cert, key });
  server.on('stream', (stream, headers) => {
    const path = headers[':path'] ?? '';
    stream.on('error', () => undefined);
    stream.respond({ ':status': headers.authorization === 'Bearer t' ? 200 : 401 });
    if (path.includes('watch=')) return void stream.write('\n');
    const items = path.includes('endpointslices') ? slices : services;
    stream.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('dns', () => {
  let pod: Pod;
  let api: Awaited<ReturnType<typeof startApi>>;
  const resolver = new Resolver({ timeout: 2000, tries: 1 });

  beforeAll(async () => {
    api = await startApi();
    const { port } = api.address() as AddressInfo;
    const { certificatePem: caPem } = await servingCredential();
    const server = `https://localhost:${port}`;
    const connectApi = async () => ({ server, caPem, token: 't', userAgent: 'dns' });
    pod = await runPod(start, { ports, connectApi });
    resolver.setServers([`${pod.address}:1053`]);
    await vi.waitFor(async () => {
      const { status } = await fetch(`http://${pod.address}:8181/ready`);
      expect(status).toBe(200);
    });
  });
  afterAll(async () => {
    await pod[Symbol.asyncDispose]();
    api.close();
  });

  it('gives the addresses of a Service, of each family', async () => {
    expect(await resolver.resolve4('web.shop.svc.cluster.local')).toEqual(['10.96.0.7']);
    expect(await resolver.resolve6('WEB.shop.svc.cluster.local')).toEqual(['fd00:10:96::7']);
  });

  it('gives the ready endpoints of a headless Service, over TCP where they are many', async () => {
    const addresses = await resolver.resolve4('peers.shop.svc.cluster.local');
    expect(addresses).toHaveLength(41);
    expect(addresses).not.toContain('10.244.1.250');
  });

  it('knows an endpoint by its host name, or by its address', async () => {
    const base = 'peers.shop.svc.cluster.local';
    expect(await resolver.resolve4(`first.${base}`)).toEqual(['10.244.1.200']);
    expect(await resolver.resolve4(`10-244-1-3.${base}`)).toEqual(['10.244.1.3']);
    expect(await resolver.resolve4('10-244-9-9.shop.pod.cluster.local')).toEqual(['10.244.9.9']);
  });

  it('tells the port of a Service by name and protocol', async () => {
    expect(await resolver.resolveSrv('_http._tcp.web.shop.svc.cluster.local')).toEqual([
      { name: 'web.shop.svc.cluster.local', port: 80, priority: 0, weight: 100, type: 'SRV' },
    ]);
  });

  it('follows an ExternalName', async () => {
    expect(await resolver.resolveCname('payments.shop.svc.cluster.local')).toEqual([
      'payments.example.com',
    ]);
  });

  it.each(['10.96.0.7', 'fd00:10:96::7'])('knows whose address %s is', async (address) => {
    expect(await resolver.reverse(address)).toEqual(['web.shop.svc.cluster.local']);
  });

  it('states its version', async () => {
    expect(await resolver.resolveTxt('dns-version.cluster.local')).toEqual([['1.1.0']]);
  });

  it.each([
    ['nothing.shop.svc.cluster.local', 'ENOTFOUND'],
    ['_ftp._tcp.web.shop.svc.cluster.local', 'ENOTFOUND'],
    ['kubernetes.io', 'EREFUSED'],
  ])('does not find %s: %s', async (name, code) => {
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code });
  });

  it('has nothing of this type for a name that is there', async () => {
    await expect(resolver.resolveTxt('web.shop.svc.cluster.local')).rejects.toMatchObject({
      code: 'ENODATA',
    });
  });

  it('closes on nonsense', async () => {
    const socket = connect(1053, pod.address);
    socket.end(Buffer.from([0, 3, 1, 2, 3]));
    socket.on('error', () => undefined);
    await once(socket.resume(), 'close');
  });
});

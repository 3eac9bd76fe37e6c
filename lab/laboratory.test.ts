import { readFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLaboratory } from './laboratory.ts';
import type { MachineStatus } from './machines/machine.ts';
import { createTestClient } from './testing/client.ts';
import type { MachineRole } from './topology.ts';

describe('a laboratory', () => {
  let directory: string;
  let ending: AbortController;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hop-laboratory-'));
    ending = new AbortController();
  });
  afterEach(async () => {
    ending.abort();
    await rm(directory, { recursive: true });
  });

  const laboratory = () =>
    createLaboratory({ kubeconfigPath: '/cluster' }, { directory, signal: ending.signal });

  it('starts an apiserver that remembers what reached it, and how', async () => {
    await using apiserver = await laboratory().startApiserver();
    const kubeconfig = await apiserver.kubeconfig();
    const client = await createTestClient(kubeconfig);
    const answer = await client.send('GET', '/api/v1/namespaces/default/pods?limit=%31');
    expect(answer.status).toBe(200);
    expect(apiserver.requests).toHaveLength(1);
    const [request] = apiserver.requests;
    expect(request).toMatchObject({
      method: 'GET',
      target: '/api/v1/namespaces/default/pods?limit=%31',
      httpVersion: '1.1',
      tls: { version: 'TLSv1.3', clientCertificate: null },
      remoteAddress: '127.0.0.1',
    });
    expect(request?.headers).toContainEqual(['Authorization', `Bearer ${apiserver.token}`]);
  });

  it('remembers also those whom the apiserver refuses, and takes its client certificate', async () => {
    await using apiserver = await laboratory().startApiserver();
    const certificate = await readFile(apiserver.clientCertificateFile, 'utf8');
    const key = await readFile(apiserver.clientKeyFile, 'utf8');
    const anonymous = await createTestClient(await apiserver.kubeconfig({ user: {} }));
    expect((await anonymous.send('GET', '/api/v1/pods')).status).toBe(403);
    const user = {
      'client-certificate-data': Buffer.from(certificate).toString('base64'),
      'client-key-data': Buffer.from(key).toString('base64'),
    };
    const known = await createTestClient(await apiserver.kubeconfig({ user }));
    expect((await known.send('GET', '/api/v1/pods')).status).toBe(200);
    const names = apiserver.requests.map(({ tls }) => tls?.clientCertificate);
    expect(names).toEqual([null, 'proof']);
  });

  it('has authorities that do not know each other', async () => {
    const own = laboratory();
    await using one = await own.startApiserver();
    await using other = await own.startApiserver();
    const cluster = { 'certificate-authority-data': Buffer.from(one.caPem).toString('base64') };
    const client = await createTestClient(await other.kubeconfig({ cluster }));
    await expect(client.send('GET', '/version')).rejects.toThrow(/certificate/);
  });

  it('starts several apiservers of one cluster, each with a certificate of its own', async () => {
    await using cluster = await laboratory().startApiservers(2);
    const clients = await Promise.all(
      cluster.apiservers.map(async (one) => createTestClient(await one.kubeconfig())),
    );
    const [first, second] = clients;
    const namespaces = '/api/v1/namespaces';
    expect((await first?.send('POST', namespaces, { metadata: { name: 'ours' } }))?.status).toBe(
      201,
    );
    expect((await second?.send('GET', `${namespaces}/ours`))?.status).toBe(200);
    const fingerprints = cluster.apiservers.map(({ fingerprint256 }) => fingerprint256);
    expect(new Set(fingerprints).size).toBe(2);
    expect(cluster.apiservers.map(({ requests }) => requests.length)).toEqual([1, 1]);
  });

  it('lets one of them say that it is not ready, and serve on', async () => {
    await using apiserver = await laboratory().startApiserver();
    const client = await createTestClient(await apiserver.kubeconfig());
    const statusOf = async (path: string) => (await client.send('GET', path)).status;
    expect(await statusOf('/readyz')).toBe(200);
    apiserver.setReady(false);
    expect(await statusOf('/readyz')).toBe(500);
    expect(await statusOf('/livez')).toBe(200);
    expect(await statusOf('/api/v1/pods')).toBe(200);
    apiserver.setReady(true);
    expect(await statusOf('/readyz')).toBe(200);
  });

  it('lends the machines of a lab whose machines have networks of their own, and no others', async () => {
    const own = { directory, signal: ending.signal };
    const ran: unknown[] = [];
    const lab = {
      kubeconfigPath: '/cluster',
      connect: async (...args: unknown[]) => {
        ran.push(args);
        return [];
      },
      onHop: () => ({ ready: Promise.resolve(), [Symbol.dispose]: () => undefined }),
      run: async (...args: unknown[]) => {
        ran.push(args);
        return { stdout: 'done', stderr: '', status: 0 };
      },
      machines: () => [machine('apiserver', ['172.30.0.11', 'fd00::11']), machine('node', ['::1'])],
    };
    expect(laboratory().machines).toBeNull();
    expect(createLaboratory({ ...lab, mode: 'loopback' }, own).machines).toBeNull();
    const { machines } = createLaboratory({ ...lab, mode: 'isolated' }, own);
    expect(machines).toMatchObject({ server: 'https://192.0.2.2:6443', outside: 'client' });
    expect(machines?.apiservers).toEqual(['172.30.0.11:6443', '[fd00::11]:6443']);
    expect(await machines?.run('client', ['true'], 'in')).toMatchObject({ stdout: 'done' });
    const request = { protocol: 'TCP', to: { address: '192.0.2.1', port: 80 } } as const;
    expect(await machines?.connect({ machine: 'client' }, request)).toEqual([]);
    expect(ran).toEqual([
      ['client', ['true'], { stdin: 'in', signal: own.signal }],
      [{ machine: 'client' }, request, { signal: own.signal }],
    ]);
  });

  it('keeps its files to itself, and ends its apiservers with the proof', async () => {
    const apiserver = await laboratory().startApiserver();
    const kubeconfig = await apiserver.kubeconfig();
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
    expect((await stat(apiserver.clientKeyFile)).mode & 0o777).toBe(0o600);
    ending.abort();
    const client = await createTestClient(kubeconfig);
    await expect(client.send('GET', '/version')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    await expect(laboratory().startApiserver()).rejects.toThrow();
  });
});

function machine(role: MachineRole, addresses: readonly string[]): MachineStatus {
  const unknown = {
    state: 'ready',
    since: '',
    restarts: 0,
    pid: null,
    residentBytes: null,
  } as const;
  return { name: `${role}-1`, role, addresses, faults: [], ...unknown };
}

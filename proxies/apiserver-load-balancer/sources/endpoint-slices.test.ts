import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../kit/api/api-client.ts';
import { createAuthority, type Authority } from '../../kit/pki/authority.ts';
import { startScriptedApiserver } from '../../kit/testing/scripted-apiserver.ts';
import { runBalancer, tryBalancer } from '../command/testing/run-balancer.ts';

const patience = { timeout: 30_000, interval: 100 };
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

let directory: string;
let authority: Authority;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'endpoint-slices-'));
  authority = await createAuthority();
});
afterAll(() => rm(directory, { recursive: true }));

/** As the apiservers write it: one for each family. */
function slice(name: string, port: number, ...endpoints: readonly string[]): KubeObject {
  const addressType = endpoints.some((one) => one.includes(':')) ? 'IPv6' : 'IPv4';
  const labels = { 'kubernetes.io/service-name': 'kubernetes' };
  return {
    metadata: { name, namespace: 'default', labels },
    addressType,
    endpoints: endpoints.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', protocol: 'TCP', port }],
  } as KubeObject;
}

async function startApiserver() {
  const credential = await authority.issueServer(['127.0.0.1']);
  return startScriptedApiserver({ credential });
}

async function writeKubeconfig(name: string, server: string): Promise<string> {
  const path = join(directory, name);
  const ca = Buffer.from(authority.certificatePem).toString('base64');
  const cluster = { name: 'c', cluster: { server, 'certificate-authority-data': ca } };
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
  const user = { name: 'u', user: { token: 'secret' } };
  const config = {
    clusters: [cluster],
    contexts: [context],
    users: [user],
    'current-context': 'c',
  };
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the apiservers that a cluster names', () => {
  it('are followed through the load balancer itself, from seeds', async () => {
    await using cleaning = new AsyncDisposableStack();
    const apiserver = cleaning.use(await startApiserver());
    const { port } = new URL(apiserver.url);
    apiserver.put(slices, slice('kubernetes', Number(port), '127.0.0.1', '127.0.0.9'));
    const own = await freePort();
    const kubeconfig = await writeKubeconfig('own', `https://127.0.0.1:${own}`);
    const balancer = cleaning.use(
      await runBalancer(
        [
          '--endpoint-slices',
          `--kubeconfig=${kubeconfig}`,
          `--backend=127.0.0.1:${port}`,
          '--drain-timeout=100ms',
        ],
        { listen: `127.0.0.1:${own}` },
      ),
    );
    const listed = async () =>
      (await balancer.backends()).backends
        .filter(({ isDraining }) => !isDraining)
        .map(({ name }) => name);
    await expect.poll(listed, patience).toEqual([`127.0.0.1:${port}`, `127.0.0.9:${port}`]);

    await apiserver.untilWatched(slices);
    apiserver.put(slices, slice('kubernetes-ipv6', Number(port), 'fd00::11'));
    apiserver.put(slices, slice('kubernetes', Number(port), '127.0.0.1'));
    await expect.poll(listed, patience).toEqual([`127.0.0.1:${port}`, `[fd00::11]:${port}`]);

    apiserver.remove(slices, 'default/kubernetes-ipv6');
    await expect.poll(listed, patience).toEqual([`127.0.0.1:${port}`]);
    // Nobody: that cannot be true, for who says so is one of them.
    apiserver.put(slices, slice('kubernetes', Number(port)));
    await expect.poll(balancer.stderr, patience).toContain('The cluster names no apiservers');
    expect(await listed()).toEqual([`127.0.0.1:${port}`]);
    expect(await balancer.metric('apiserver_lb_last_reload_successful')).toBe(0);

    apiserver.put(slices, slice('kubernetes', Number(port), '127.0.0.1', '127.0.0.8'));
    await expect.poll(listed, patience).toEqual([`127.0.0.1:${port}`, `127.0.0.8:${port}`]);
    expect(await balancer.metric('apiserver_lb_last_reload_successful')).toBe(1);
  }, 90_000);

  it('are found without seeds where the kubeconfig names one of them', async () => {
    await using cleaning = new AsyncDisposableStack();
    const apiserver = cleaning.use(await startApiserver());
    const { port } = new URL(apiserver.url);
    const kubeconfig = await writeKubeconfig('direct', apiserver.url);
    apiserver.refuse(slices, 403);
    const balancer = cleaning.use(
      await runBalancer(['--endpoint-slices', `--kubeconfig=${kubeconfig}`]),
    );
    expect(await balancer.status('/readyz')).toMatchObject({ status: 500 });
    await expect.poll(balancer.stderr, patience).toContain(`${slices}: no`);
    apiserver.refuse(slices, 0);
    apiserver.put(slices, slice('kubernetes', Number(port), '127.0.0.1'));
    await expect.poll(() => balancer.status('/readyz'), patience).toMatchObject({ status: 200 });
  }, 90_000);

  it('cannot be found through a load balancer that knows nobody', async () => {
    const own = await freePort();
    const kubeconfig = await writeKubeconfig('nobody', `https://127.0.0.1:${own}`);
    await using command = await tryBalancer([
      `--listen=0.0.0.0:${own}`,
      '--admin-bind-address=',
      '--endpoint-slices',
      `--kubeconfig=${kubeconfig}`,
    ]);
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain(
      `error: the kubeconfig’s server https://127.0.0.1:${own} is this load balancer itself`,
    );
    expect(command.stderr()).toContain('Name one or more apiservers to begin with');
  }, 60_000);
});

/** The whole command against an apiserver over HTTPS, with clients that come to the addresses. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lease } from '../../kit/api/leader-election.ts';
import { finalizer } from '../facts/finalizer.ts';
import { startCluster, type TestCluster } from './testing/cluster.ts';
import { ask, runCloud, tryCloud, type RunningCloud } from './testing/run-cloud.ts';

const patience = { timeout: 60_000, interval: 100 };
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/hop-cloud-lb';
const unasked = '--leader-elect=false';

// Elsewhere, loopback is one address.
describe.skipIf(process.platform !== 'linux')('hop cloud-lb', { timeout: 180_000 }, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 120_000);
  afterAll(() => cluster[Symbol.asyncDispose]());

  const argsOf = (pool = cluster.pools[0]) => [
    `--kubeconfig=${cluster.kubeconfig.admin}`,
    `--address-pool=${pool}`,
  ];
  const ingressOf = async (name: string) =>
    (await cluster.service(name)).status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [];
  const addressOf = async (name: string) => {
    await expect.poll(() => ingressOf(name), patience).toHaveLength(1);
    return `${(await ingressOf(name))[0]}:8080`;
  };
  const deleted = async (name: string) => {
    const path = `/api/v1/namespaces/default/services/${name}`;
    await cluster.client.delete(path);
    const isThere = () =>
      cluster.client.get(path).then(
        () => true,
        () => false,
      );
    await expect.poll(isThere, patience).toBe(false);
  };

  it('gives an address, takes what comes there to nodes, and keeps it over its ends', async () => {
    const cloud = await runCloud([...argsOf(), '-v2']);
    await using cleaning = new AsyncDisposableStack();
    cleaning.use(cloud);
    await cluster.expose('web');
    const address = await addressOf('web');
    await expect.poll(() => ask(address), patience).toMatch(/^node-[12]$/);
    await expect.poll(cloud.stderr, patience).toContain('default/web: EnsuredLoadBalancer: ');
    expect(cloud.stderr()).toContain(`default/web has ${address.split(':')[0]} (8080/TCP)`);
    expect(await cloud.status('/readyz')).toEqual({ status: 200, body: 'ok' });
    expect(await cloud.status('/nothing')).toMatchObject({ status: 404 });
    const loadBalancers = await loadBalancersOf(cloud);
    expect(loadBalancers).toMatchObject([{ service: 'default/web', profile: 'hop', doors: [] }]);
    const { body: metrics } = await cloud.status('/metrics');
    expect(metrics).toContain(`cloud_lb_addresses_in_use{pool="${cluster.pools[0]}"} 1\n`);
    expect(metrics).toContain('leader_election_master_status{name="hop-cloud-lb"} 1\n');
    expect(metrics).toMatch(
      /^cloud_lb_flows_total\{protocol="TCP",service="default\/web"\} [1-9]/m,
    );
    const holder = async () => (await cluster.client.get<Lease>(leasePath)).spec?.holderIdentity;
    expect(await holder()).not.toBe('');

    process.kill(cloud.pid, 'SIGTERM');
    await cloud.ended;
    expect(await ask(address)).toBe('ECONNREFUSED');
    expect(await holder()).toBe('');
    expect((await cluster.service('web')).metadata.finalizers).toEqual([finalizer]);
    expect(await addressOf('web')).toBe(address);

    const killed = cleaning.use(await runCloud([...argsOf(), unasked]));
    await expect.poll(() => ask(address), patience).toMatch(/^node-/);
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    cleaning.use(await runCloud([...argsOf(), unasked]));
    await expect.poll(() => ask(address), patience).toMatch(/^node-/);
    expect(await addressOf('web')).toBe(address);
    await deleted('web');
    expect(await ask(address)).toBe('ECONNREFUSED');
  });

  it('opens doors on this machine, at another port where one is taken', async () => {
    await using cloud = await runCloud([...argsOf(), unasked, '--enable-lb-port-mapping']);
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    await cluster.expose('mapped', { ports: [{ port }] });
    const door = async () => {
      const balancers = (await loadBalancersOf(cloud)).filter(
        ({ service }) => service === 'default/mapped',
      );
      return balancers.flatMap(({ doors }) => doors.map((one) => one.address)).join();
    };
    await expect.poll(door, patience).not.toBe('');
    const address = await door();
    expect(address).not.toBe(`127.0.0.1:${port}`);
    expect(cloud.stderr()).toContain(
      `default/mapped: port ${port}/TCP is also at ${address} (its own port is taken)`,
    );
    await expect.poll(() => ask(address), patience).toMatch(/^node-/);
    await deleted('mapped');
    expect(await ask(address)).toBe('ECONNREFUSED');
    taken.close();
  });

  it('leaves alone what another cloud serves, and gives anew what it gave of another pool', async () => {
    const [first, second] = cluster.pools;
    const strange = await cluster.expose('strange');
    const path = '/api/v1/namespaces/default/services/strange/status';
    const ingress = [{ ip: '203.0.113.9', ipMode: 'VIP' }];
    await cluster.client.patch(path, 'merge', { status: { loadBalancer: { ingress } } });
    const others = await cluster.service('strange');
    {
      await using cloud = await runCloud([...argsOf(first), unasked]);
      await cluster.expose('moving');
      await addressOf('moving');
      await expect
        .poll(cloud.stderr, patience)
        .toMatch(/^W.*Service default\/strange has 203\.0\.113\.9, which is none of ours/m);
    }
    const before = await addressOf('moving');
    await using cloud = await runCloud([...argsOf(second), unasked]);
    await expect.poll(() => ingressOf('moving'), patience).not.toEqual([before.split(':')[0]]);
    await expect.poll(async () => ask(await addressOf('moving')), patience).toMatch(/^node-/);
    expect(cloud.stderr()).not.toContain('Service default/moving');
    await deleted('moving');
    const after = await cluster.service('strange');
    expect(after.metadata.resourceVersion).toBe(others.metadata.resourceVersion);
    expect(after.metadata.finalizers).toBeUndefined();
    expect(after.metadata.uid).toBe(strange.metadata.uid);
    await deleted('strange');
  });

  it('ends when another has taken its Lease', async () => {
    const soon = ['lease-duration=6s', 'renew-deadline=4s', 'retry-period=500ms'];
    const flags = soon.map((flag) => `--leader-elect-${flag}`);
    await using cloud = await runCloud([...argsOf(), ...flags]);
    await expect.poll(cloud.stderr, patience).toContain(' leads');
    // It may write it at the same time: then once more.
    const stolen = async () => {
      const lease = await cluster.client.get<Lease>(leasePath);
      const spec = { ...lease.spec, holderIdentity: 'another', leaseDurationSeconds: 60 };
      return cluster.client.update<Lease>(leasePath, { ...lease, spec }).then(
        () => true,
        () => false,
      );
    };
    await expect.poll(stolen, patience).toBe(true);
    await cloud.ended;
    expect(cloud.stderr()).toMatch(/^error: leader election lost\nThe apiserver did not answer/m);
    const lease = await cluster.client.get<Lease>(leasePath);
    await cluster.client.update(leasePath, { ...lease, spec: { holderIdentity: '' } });
  });

  it('says what it must be allowed, and who allows it', async () => {
    const args = [
      `--kubeconfig=${cluster.kubeconfig.nobody}`,
      `--address-pool=${cluster.pools[0]}`,
    ];
    await using cloud = await runCloud(args);
    await cloud.ended;
    expect(cloud.stderr()).toContain(
      'error: the cluster does not let it: get, list, watch services; patch services/status; ' +
        'list, watch nodes; create, patch events; get, create, update leases in kube-system\n' +
        'deploy/cloud-load-balancer.yaml has',
    );
  });

  it('waits for a cluster that is away, and ends when it is told to', async () => {
    const free = createServer();
    await once(free.listen(0, '127.0.0.1'), 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await using cloud = await runCloud([...argsOf(), ...(await elsewhere(port))]);
    await expect
      .poll(cloud.stderr, patience)
      .toMatch(/^W.*The apiserver does not answer yet: .*connection refused/m);
    expect(await cloud.status('/healthz')).toMatchObject({ status: 200 });
    expect(await cloud.status('/readyz')).toMatchObject({
      status: 500,
      body: expect.stringContaining('[-]service-controller failed: connecting') as string,
    });
    process.kill(cloud.pid, 'SIGTERM');
    await cloud.ended;
    expect(cloud.stderr()).not.toMatch(/^error/m);
  });

  it('does not give out what another on this machine gives out', async () => {
    await using cleaning = new AsyncDisposableStack();
    cleaning.use(await runCloud([...argsOf(), unasked]));
    const part = cluster.pools[0].replace('0/28', '4-');
    for (const pool of [cluster.pools[0], `${part}${part.slice(0, -2)}6`]) {
      await using other = await tryCloud([...argsOf(pool), unasked]);
      expect(other).toMatchObject({ isServing: false, exitCode: 1 });
      expect(other.stderr()).toContain(
        `error: --address-pool ${pool}: another hop cloud-lb on this machine gives out some of these\n` +
          'End it first.',
      );
    }
  });

  /** What `/load-balancers` says. */
  async function loadBalancersOf(cloud: RunningCloud) {
    const { loadBalancers } = JSON.parse((await cloud.status('/load-balancers')).body) as {
      readonly loadBalancers: readonly {
        readonly service: string;
        readonly doors: readonly { readonly address: string }[];
      }[];
    };
    return loadBalancers;
  }

  /** The same cluster, at a port where nobody is. */
  async function elsewhere(port: number): Promise<readonly string[]> {
    const text = await readFile(cluster.kubeconfig.admin, 'utf8');
    const path = `${cluster.kubeconfig.admin}.away`;
    await writeFile(path, text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`));
    return [`--kubeconfig=${path}`];
  }
});

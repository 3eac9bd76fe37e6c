import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LoadBalancerView } from '../../proxies/cloud-load-balancer/hop-cloud/options.ts';
import { flowName } from '../../proxies/kit/connect-request.ts';
import type { Hop } from '../../proxies/kit/hop.ts';
import { at, listAt, numberAt } from '../apiserver/api-object.ts';
import { whyNotIsolated } from '../network/testing/why-not-isolated.ts';
import { kubectl, missingKubectl } from '../testing/kubectl.ts';
import { cloudLoadBalancer } from '../topology.ts';
import { openServiceDoors } from './service-doors.ts';
import { startCloudLab, type CloudLab } from './testing/cloud-lab.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const reason = await whyNotIsolated();
const noLoopback = await whyNoServicesOnLoopback();
const patience = { timeout: 60_000, interval: 100 };
const annotation = 'hop-by-hop.dev/provider';
const families = ['IPv4', 'IPv6'] as const;

describe.skipIf(reason !== null)('the cloud of the lab, isolated', () => {
  let cloud: CloudLab;
  let whenReady: readonly LoadBalancerView[];

  beforeAll(async () => {
    cloud = await startCloudLab('isolated');
    whenReady = await cloud.lab.loadBalancers();
  });
  afterAll(() => cloud[Symbol.asyncDispose]());

  /** Whom it answers, until it does: nodes take what is new a moment later. */
  const answered = (...args: Parameters<CloudLab['ask']>) =>
    vi.waitFor(async () => {
      const outcome = await cloud.ask(...args);
      expect(outcome.result).toBe('ok');
      return outcome;
    }, patience);

  const addressesOf = (name: string, count: number) =>
    vi.waitFor(async () => {
      const addresses = await cloud.shown(name);
      expect(addresses).toHaveLength(count);
      return addresses;
    }, patience);

  it('has given addresses of each family to the lab’s Services when the lab is ready', async () => {
    // It is given out before that, where nodes come late.
    await vi.waitFor(async () => {
      expect(await cloud.shown('echo-public')).toEqual([
        expect.stringMatching(/^203\.0\.113\.\d+$/),
        expect.stringMatching(/^2001:db8:113::/),
      ]);
      const events = await cloud.events('echo-public');
      for (const reason of ['EnsuringLoadBalancer', 'EnsuredLoadBalancer'])
        expect(events).toContain(`Normal ${reason}`);
      const found = (await cloud.lab.loadBalancers()).find(
        ({ service }) => service === 'platform/echo-public',
      );
      expect(found).toMatchObject({
        profile: 'hop',
        mode: 'VIP',
        addresses: await cloud.shown('echo-public'),
      });
    }, patience);
  });

  it('knows of nodes that are well when the lab is ready', async () => {
    for (const { service, targets } of whenReady) {
      expect(
        targets.some(({ health }) => health === 'healthy'),
        service,
      ).toBe(true);
    }
    expect(whenReady.length).toBeGreaterThan(5);
  });

  it('says how it is, where the cluster and its clients can ask', async () => {
    for (const machine of ['client', 'node-1', 'router']) {
      const url = `http://${cloudLoadBalancer.addresses[0]}:${cloudLoadBalancer.adminPort}`;
      await vi.waitFor(async () => {
        const { stdout } = await cloud.lab.run(machine, ['curl', '-s', `${url}/readyz`]);
        expect(stdout).toBe('ok');
      }, patience);
    }
  });

  describe.each([
    ['VIP', 'hop'],
    ['Proxy', 'cloud-provider-kind'],
  ])('as a load balancer of mode %s (%s)', (mode, provider) => {
    const [any, local] = [`any-${mode.toLowerCase()}`, `local-${mode.toLowerCase()}`];

    beforeAll(async () => {
      const annotations = { [annotation]: provider };
      const spec = { ipFamilyPolicy: 'RequireDualStack' };
      await cloud.create(any, { annotations, spec });
      await cloud.create(local, {
        annotations,
        spec: { ...spec, externalTrafficPolicy: 'Local' },
      });
    });

    for (const protocol of ['TCP', 'UDP'] as const) {
      it.each(families)(`is reached over ${protocol} and %s`, async (family) => {
        await answered(`platform/${any}`, { protocol, family });
      });

      it.each(families)(
        `shows itself, or the client, to pods over ${protocol} and %s`,
        async (family) => {
          const { backend } = await answered(`platform/${local}`, { protocol, family });
          const client = family === 'IPv4' ? '192.0.2.10' : '2001:db8::10';
          const self = cloudLoadBalancer.clusterAddresses[family === 'IPv4' ? 0 : 1];
          expect(hostOf(backend?.peer)).toBe(mode === 'VIP' ? client : self);
        },
      );
    }

    it('is what the status says', async () => {
      const service = await cloud.read(any);
      const ingress = listAt(service ?? undefined, 'status', 'loadBalancer', 'ingress');
      expect(ingress.map((one) => at(one, 'ipMode'))).toEqual([mode, mode]);
    });

    it('is reached from nodes and pods of the cluster', async () => {
      await vi.waitFor(async () => {
        for (const from of [{ machine: 'node-2' }, { pod: 'default/web-0' }]) {
          const to = { service: `platform/${any}`, port: 'tcp', through: 'LoadBalancer' as const };
          const [outcome] = await cloud.lab.connect(from, { protocol: 'TCP', to });
          expect(outcome?.result, JSON.stringify(from)).toBe('ok');
        }
      }, patience);
    });
  });

  it.each(families)('carries SCTP, over %s', async (family) => {
    const name = `sctp-${family.toLowerCase()}`;
    const ports = [{ name: 'sctp', port: 9999, protocol: 'SCTP', targetPort: 'sctp' }];
    const spec = { ports, ipFamilyPolicy: 'SingleStack', ipFamilies: [family] };
    await cloud.create(name, { spec, app: 'signalling' });
    await answered(`platform/${name}`, { protocol: 'SCTP', family });
  });

  it('lets in whom the source ranges name, and drops what others send', async () => {
    for (const family of families) {
      for (const protocol of ['TCP', 'UDP'] as const) {
        await answered('platform/echo-guarded', { protocol, family });
        const refused = await cloud.ask('platform/echo-guarded', {
          ...{ protocol, family },
          machine: 'apiserver-load-balancer',
        });
        expect(refused.result, `${protocol} ${family}`).toBe('ETIMEDOUT');
      }
    }
  });

  it('asks nodes for their health at the Service’s own port, and at kube-proxy’s', async () => {
    const spec = { ipFamilyPolicy: 'RequireDualStack', externalTrafficPolicy: 'Local' };
    await cloud.create('checked', { spec });
    await answered('platform/checked', { family: 'IPv6' });
    const service = (await cloud.read('checked')) ?? undefined;
    const port = numberAt(service, 'spec', 'healthCheckNodePort');
    const ask = async (machine: string, address: string) => {
      const format = ['-o', '/dev/null', '-w', '%{http_code}'];
      const argv = ['curl', '-gs', ...format, `http://${address}/healthz`];
      return (await cloud.lab.run(machine, argv)).stdout;
    };
    for (const machine of [cloudLoadBalancer.name, 'client']) {
      for (const node of ['172.30.0.21', '172.30.0.22', '[fd00:172:30::21]']) {
        expect(await ask(machine, `${node}:10256`)).toBe('200');
        expect(await ask(machine, `${node}:${port}`)).toMatch(/^(200|503)$/);
      }
    }
  });

  it('tells a connection’s way: to it, to a node, and to the pod', async () => {
    const hops: Hop[] = [];
    using following = cloud.lab.onHop((hop) => void hops.push(hop));
    await following.ready;
    const { local } = await answered('platform/echo-public');
    const ours = () => hops.filter(({ request }) => request === flowName('TCP', local ?? ''));
    await expect.poll(ours, patience).toHaveLength(4);
    const stations = ours().map(({ from, to }) => `${from.station} → ${to.station}`);
    expect(stations.toSorted()).toEqual(
      [
        'client → cloud-load-balancer',
        'cloud-load-balancer → node',
        'client → kube-proxy',
        'kube-proxy → pod',
      ].toSorted(),
    );
  });

  it('is reached from the host, by doors', async () => {
    await using opened = await openServiceDoors(cloud.lab);
    const [page, echo] = opened.doors;
    expect(opened.doors.map(({ protocol }) => protocol)).toEqual(['TCP', 'UDP']);
    const answer = await fetch(`http://${page?.address ?? ''}/`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<html')]);
    const wished = Number(page?.address.split(':')[1]);
    await using elsewhere = await openServiceDoors(cloud.lab, wished);
    expect(elsewhere.doors[0]?.address, 'its port is taken').not.toBe(page?.address);
    const socket = createSocket('udp4');
    socket.connect(Number(echo?.address.split(':')[1]), '127.0.0.1');
    await once(socket, 'connect');
    await vi.waitFor(async () => {
      socket.send('whoami');
      const [words] = (await once(socket, 'message', {
        signal: AbortSignal.timeout(2_000),
      })) as [Buffer];
      expect(words.toString()).toContain('platform/echo-');
    }, patience);
    socket.close();
  });

  it('leaves alone who wants nobody, as a cluster without a cloud would', async () => {
    await cloud.create('pending', { annotations: { [annotation]: 'none' } });
    await cloud.create('after-pending');
    await vi.waitFor(async () => {
      expect(await cloud.shown('after-pending')).toHaveLength(1);
    }, patience);
    const service = (await cloud.read('pending')) ?? undefined;
    expect(at(service, 'metadata', 'finalizers')).toBeUndefined();
    expect(await cloud.shown('pending')).toEqual([]);
    expect(await cloud.events('pending')).toEqual([]);
    await cloud.remove('pending');
    expect(await cloud.read('pending')).toBeNull();
  });

  it('takes back what it gave, when nobody is to serve it any more', async () => {
    await cloud.create('left');
    await answered('platform/left');
    const [address = ''] = await addressesOf('left', 1);
    const path = '/api/v1/namespaces/platform/services/left';
    const metadata = { annotations: { [annotation]: 'none' } };
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    await cloud.client.send('PATCH', path, { metadata }, merge);
    await vi.waitFor(async () => expect(await cloud.shown('left')).toEqual([]), patience);
    const dialled = await cloud.lab.connect(
      { machine: 'client' },
      { protocol: 'TCP', to: { address, port: 7 } },
    );
    expect(dialled[0]?.result).not.toBe('ok');
  });

  it('says of a cloud that it does not know that there is none', async () => {
    await cloud.create('unknown', { annotations: { [annotation]: 'nimbus' } });
    await vi.waitFor(async () => {
      expect(await cloud.events('unknown')).toContain('Warning SyncLoadBalancerFailed');
    }, patience);
  });

  it('is found behind a name, where the cloud gives names', async () => {
    await cloud.create('named', {
      annotations: { [annotation]: 'aws-nlb' },
      spec: { ports: [{ name: 'tcp', port: 7, targetPort: 'tcp' }] },
    });
    await vi.waitFor(async () => {
      expect(await cloud.shown('named')).toEqual([
        expect.stringMatching(/\.aws-nlb\.cloud\.example$/),
      ]);
    }, patience);
    await answered('platform/named');
  });

  it.skipIf(missingKubectl() !== undefined)('is shown by kubectl', async () => {
    const run = async (...args: readonly string[]) =>
      (await kubectl(cloud.lab.kubeconfigPath, '-n', 'platform', ...args)).stdout;
    const [four = '', six = ''] = await addressesOf('echo-public', 2);
    expect(await run('get', 'services', 'echo-public')).toContain(` ${six},${four} `);
    await cloud.create('waiting', { annotations: { [annotation]: 'none' } });
    expect(await run('get', 'services', 'waiting')).toContain(' <pending> ');
    const described = await run('describe', 'service', 'echo-public');
    expect(described).toMatch(new RegExp(`^LoadBalancer Ingress: +${four}.*${six}`, 'm'));
    expect(described).toContain('EnsuredLoadBalancer');
    expect(described).toContain('service-controller');
  });
});

describe.skipIf(noLoopback !== null)('the cloud of the lab, on loopback', () => {
  let cloud: CloudLab;

  beforeAll(async () => {
    cloud = await startCloudLab('loopback');
  });
  afterAll(() => cloud[Symbol.asyncDispose]());

  it('gives addresses of the lab’s own share', async () => {
    const { share } = cloud.lab.place;
    await vi.waitFor(async () => {
      expect(await cloud.shown('echo-public')).toEqual([
        expect.stringMatching(new RegExp(`^127\\.203\\.${share}\\.\\d+$`)),
      ]);
    }, patience);
  });

  it.each(['TCP', 'UDP'] as const)('carries %s, as the load balancer itself', async (protocol) => {
    await vi.waitFor(async () => {
      const outcome = await cloud.ask('platform/echo-public', { protocol });
      expect(outcome.result).toBe('ok');
    }, patience);
    const service = (await cloud.read('echo-public')) ?? undefined;
    const [ingress] = listAt(service, 'status', 'loadBalancer', 'ingress');
    expect(at(ingress, 'ipMode')).toBe('Proxy');
  });

  it('says of SCTP that it has none', async () => {
    await vi.waitFor(async () => {
      const service = (await cloud.read('signalling-public')) ?? undefined;
      const [ingress] = listAt(service, 'status', 'loadBalancer', 'ingress');
      const [port] = listAt(ingress, 'ports');
      expect(port).toMatchObject({ port: 9999, protocol: 'SCTP' });
      expect(at(port, 'error')).toBeTypeOf('string');
    }, patience);
  });

  it('is beside that of another lab', async () => {
    await using other = await startCloudLab('loopback');
    await vi.waitFor(async () => {
      const both = await Promise.all([cloud, other].map((one) => one.shown('echo-public')));
      expect(new Set(both.flat()).size).toBe(2);
    }, patience);
    for (const one of [cloud, other]) {
      await vi.waitFor(async () => {
        expect((await one.ask('platform/echo-public')).result).toBe('ok');
      }, patience);
    }
  });
});

function hostOf(endpoint = ''): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

/** The Services' ports are below 1024, where not everybody may listen; and not every system has 127.0.0.0/8. */
async function whyNoServicesOnLoopback(): Promise<string | null> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(7, '127.203.255.254', resolve);
    });
    return null;
  } catch (error) {
    return String(error);
  } finally {
    server.close();
  }
}

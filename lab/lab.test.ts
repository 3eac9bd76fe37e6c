import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listAt, textAt } from './apiserver/api-object.ts';
import { startLab, type Lab } from './index.ts';
import type { MachineStatus } from './machines/machine.ts';
import { whyNotIsolated } from './network/testing/why-not-isolated.ts';
import { createTestClient, type TestClient } from './testing/client.ts';
import { kubectl, missingKubectl } from './testing/kubectl.ts';

const reason = await whyNotIsolated();
const patience = { timeout: 30_000, interval: 100 };
const modes = [{ mode: 'isolated' }, { mode: 'loopback' }] as const;

describe.each(modes)('the lab ($mode)', { timeout: 60_000 }, ({ mode }) => {
  describe.skipIf(mode === 'isolated' && reason !== null)('that runs', () => {
    let directory: string;
    let lab: Lab;
    let client: TestClient;
    const progress: string[] = [];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'hop-lab-'));
      const topology = { apiservers: 2, nodes: 2 };
      lab = await startLab({
        directory,
        mode,
        topology,
        onProgress: (line) => progress.push(line),
      });
      client = await createTestClient(lab.kubeconfigPath);
    }, 150_000);
    afterAll(async () => {
      await lab[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    });

    /** Resolves with the machine's first status, now or later, that is so. */
    const until = (name: string, isSo: (status: MachineStatus) => boolean) =>
      new Promise<MachineStatus>((resolve) => {
        const look = () => {
          const status = lab.machines().find((machine) => machine.name === name);
          if (status && isSo(status)) resolve(status);
        };
        lab.onChange(look);
        look();
      });
    const isReady = ({ state }: MachineStatus) => state === 'ready';

    // A test of the one mode is none of the other: there it is not even skipped.
    const none = () => undefined;
    const itIsolated = mode === 'isolated' ? it : none;
    const itOnLoopback = mode === 'loopback' ? it : none;

    it('says where it is, and what its machines are', async () => {
      expect(lab.mode).toBe(mode);
      expect(lab.reason).toBe(mode === 'isolated' ? null : 'Loopback was asked for.');
      expect(lab.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(lab.machines().filter(({ state }) => state !== 'ready')).toEqual([]);
      expect(lab.machines().map(({ name }) => name)).toEqual([
        'store',
        'apiserver-1',
        'apiserver-2',
        'apiserver-load-balancer',
        'cloud-load-balancer',
        'controllers',
        'node-1',
        'node-2',
        ...(mode === 'isolated' ? ['client'] : []),
      ]);
      expect((await stat(lab.kubeconfigPath)).mode & 0o777).toBe(0o600);
      expect(progress).toContain('apiserver-1 is ready');
    });

    it('has the pods of its manifests ready', async () => {
      const pods = await client.send('GET', '/api/v1/namespaces/default/pods/web-0');
      expect(pods.json).toMatchObject({ status: { phase: 'Running' } });
      const nodes = await client.send('GET', '/api/v1/nodes');
      expect(nodes.json).toMatchObject({
        items: [{ metadata: { name: 'node-1' } }, { metadata: { name: 'node-2' } }],
      });
    });

    it('has the addresses of pods behind its Services, and ways into them', async () => {
      const { json } = await client.send('GET', '/api/v1/namespaces/default/pods/web-0');
      const address = textAt(json, 'status', 'podIP');
      const endpoints = await client.send('GET', '/api/v1/namespaces/default/endpoints/web');
      const subsets = listAt(endpoints.json, 'subsets');
      const addresses = subsets.flatMap((subset) => listAt(subset, 'addresses'));
      expect(addresses.map((one) => textAt(one, 'ip'))).toContain(address);
      const log = await client.send('GET', '/api/v1/namespaces/default/pods/web-0/log');
      expect(log.text).toContain(`listening on http://${address}:8080`);
      if (missingKubectl() !== undefined) return;
      const file = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
      const { stdout } = await kubectl(lab.kubeconfigPath, 'exec', 'web-0', '--', 'cat', file);
      expect(stdout).toBe('default');
    });

    itIsolated('lets a pod reach the API from its own address', async () => {
      const { json } = await client.send('GET', '/api/v1/namespaces/default/pods/web-0');
      const options = JSON.stringify({
        host: '192.0.2.2',
        port: 6443,
        path: '/livez',
        localAddress: textAt(json, 'status', 'podIP'),
        rejectUnauthorized: false,
      });
      const script = `require('node:https').get(${options}, (answer) => answer.pipe(process.stdout))`;
      const node = textAt(json, 'spec', 'nodeName');
      expect((await lab.run(node, [process.execPath, '-e', script])).stdout).toBe('ok');
    });

    it('goes on without one of its apiservers, and takes it back', async () => {
      await lab.act('apiserver-1', 'kill');
      const killed = await until('apiserver-1', ({ state }) => state === 'ended');
      expect(killed).toMatchObject({ faults: ['killed'] });
      // The connection that was kept may have been to that one; and so may a new one, until a check has failed.
      await vi.waitFor(async () => {
        const newcomer = await createTestClient(lab.kubeconfigPath);
        expect((await newcomer.send('GET', '/api/v1/nodes')).status).toBe(200);
      }, patience);
      await lab.act('apiserver-1', 'restart');
      expect(await until('apiserver-1', isReady)).toMatchObject({ restarts: 1 });
      client = await createTestClient(lab.kubeconfigPath);
    });

    it('keeps what it knows when its store is killed and restarted', async () => {
      await lab.act('store', 'kill');
      await until('apiserver-2', ({ state }) => state !== 'ready');
      await lab.act('store', 'restart');
      await Promise.all(
        ['store', 'apiserver-1', 'apiserver-2'].map((name) => until(name, isReady)),
      );
      const pod = await client.send('GET', '/api/v1/namespaces/default/pods/web-0');
      expect(pod.status).toBe(200);
    });

    it('misses a node that is paused, until it is resumed', async () => {
      await lab.act('node-2', 'pause');
      const paused = await until('node-2', ({ state }) => state === 'unreachable');
      expect(paused).toMatchObject({ faults: ['paused'] });
      await lab.act('node-2', 'resume');
      await until('node-2', isReady);
    });

    itIsolated('misses a node whose link is cut, until it is mended', async () => {
      await lab.act('node-2', 'cut');
      const cut = await until('node-2', ({ state }) => state === 'unreachable');
      expect(cut).toMatchObject({ faults: ['cut'], message: 'no answer within 1500 ms' });
      await lab.act('node-2', 'mend');
      await until('node-2', isReady);
    });

    itOnLoopback('says that it has no links to cut', async () => {
      await expect(lab.act('node-2', 'cut')).rejects.toThrow('machines have no links to cut');
    });

    itIsolated('runs commands outside, in front of the apiservers', async () => {
      const script = `const https = require('node:https');
        https.get('https://[2001:db8::2]:6443/livez', { rejectUnauthorized: false }, (answer) =>
          answer.pipe(process.stdout));`;
      const { stdout } = await lab.run('client', [process.execPath, '-e', script]);
      expect(stdout).toBe('ok');
    });

    it('refuses a second lab in its directory, and a port that is taken', async () => {
      await expect(startLab({ directory, mode })).rejects.toThrow('A lab runs in');
      const port = Number(new URL(lab.server).port);
      const other = join(directory, 'other');
      await expect(startLab({ directory: other, mode, port })).rejects.toThrow('EADDRINUSE');
      expect(await readdir(other)).toEqual(expect.not.arrayContaining(['kubeconfig', 'lock']));
    });

    it('gives a visitor a namespace', async () => {
      await using visitor = await lab.createVisitor('ann');
      const visiting = await createTestClient(lab.visitorKubeconfigPath, visitor.token);
      const path = `/api/v1/namespaces/${visitor.namespace}/configmaps`;
      const note = { metadata: { name: 'note' } };
      expect((await visiting.send('POST', path, note)).status).toBe(201);
      const anybody = await createTestClient(lab.visitorKubeconfigPath);
      expect((await anybody.send('GET', '/api/v1/pods')).status).toBe(200);
      expect((await anybody.send('GET', '/api/v1/secrets')).status).toBe(403);
    });
  });
});

describe('a lab that was ended', { timeout: 180_000 }, () => {
  it('takes its kubeconfigs with it, and knows what it knew when it is started again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hop-lab-'));
    const options = { directory, topology: { apiservers: 1, nodes: 1 } };
    const note = { metadata: { name: 'note' } };
    const path = '/api/v1/namespaces/default/configmaps';
    const first = await startLab(options);
    const client = await createTestClient(first.kubeconfigPath);
    expect((await client.send('POST', path, note)).status).toBe(201);
    await first[Symbol.asyncDispose]();
    await expect(access(first.kubeconfigPath)).rejects.toThrow('ENOENT');

    const second = await startLab(options);
    const again = await createTestClient(second.kubeconfigPath);
    expect((await again.send('GET', `${path}/note`)).status).toBe(200);
    await second[Symbol.asyncDispose]();

    await using third = await startLab({ ...options, fresh: true });
    const fresh = await createTestClient(third.kubeconfigPath);
    expect((await fresh.send('GET', `${path}/note`)).status).toBe(404);
    await third[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
});

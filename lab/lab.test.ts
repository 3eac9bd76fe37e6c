import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLab } from './index.ts';
import { createTestClient } from './testing/client.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-lab-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the lab', () => {
  it('says where it is, and takes its kubeconfigs with it', async () => {
    const lab = await startLab({ directory });
    expect(lab.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(lab.describe()).toEqual([{ name: 'apiserver', role: 'apiserver', address: lab.server }]);
    expect((await stat(lab.kubeconfigPath)).mode & 0o777).toBe(0o600);
    const client = await createTestClient(lab.kubeconfigPath);
    expect((await client.send('GET', '/livez')).text).toBe('ok');
    await lab[Symbol.asyncDispose]();
    await expect(access(lab.kubeconfigPath)).rejects.toThrow('ENOENT');
    await expect(client.send('GET', '/livez')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
  });

  it('leaves nothing behind where its port is taken', async () => {
    await using lab = await startLab({ directory });
    const port = Number(new URL(lab.server).port);
    const other = join(directory, 'other');
    await expect(startLab({ directory: other, port })).rejects.toThrow('EADDRINUSE');
    await expect(access(join(other, 'kubeconfig'))).rejects.toThrow('ENOENT');
  });
});

describe('a visitor', () => {
  const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
  const note = { metadata: { name: 'note' }, data: { a: '1' } };

  it('reads everything but secrets', async () => {
    await using lab = await startLab({ directory });
    const anyone = await createTestClient(lab.visitorKubeconfigPath);
    expect((await anyone.send('GET', '/api/v1/pods')).status).toBe(200);
    expect((await anyone.send('GET', '/api/v1/secrets')).status).toBe(403);
    expect(
      (await anyone.send('GET', '/api/v1/namespaces/default/secrets/web-session')).status,
    ).toBe(403);
  });

  it('tries writes everywhere and makes them only in a namespace of its own', async () => {
    await using lab = await startLab({ directory });
    await using ann = await lab.createVisitor('ann');
    await using bob = await lab.createVisitor('bob');
    const client = await createTestClient(lab.visitorKubeconfigPath, ann.token);
    const statusOf = async (path: string) => (await client.send('POST', path, note)).status;
    expect(await statusOf(`${configMaps('default')}?dryRun=All`)).toBe(201);
    expect(await statusOf(configMaps('default'))).toBe(403);
    expect(await statusOf(configMaps(bob.namespace))).toBe(403);
    expect(await statusOf(configMaps(ann.namespace))).toBe(201);
  });

  it('takes along what it made, and its token', async () => {
    await using lab = await startLab({ directory });
    const visitor = await lab.createVisitor('ann');
    await expect(lab.createVisitor('ann')).rejects.toThrow('here already');
    await expect(lab.createVisitor('../kube-system')).rejects.toThrow('DNS label');
    const client = await createTestClient(lab.visitorKubeconfigPath, visitor.token);
    await client.send('POST', configMaps(visitor.namespace), note);
    await visitor[Symbol.asyncDispose]();
    expect((await client.send('GET', '/version')).status).toBe(401);
    const administrator = await createTestClient(lab.kubeconfigPath);
    const left = await administrator.send('GET', configMaps(visitor.namespace));
    expect(left.json).toMatchObject({ items: [] });
    const gone = await administrator.send('GET', `/api/v1/namespaces/${visitor.namespace}`);
    expect(gone.status).toBe(404);
  });
});

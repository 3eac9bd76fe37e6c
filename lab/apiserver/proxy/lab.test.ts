/** The apiserver proxy where it belongs: before the pods, Services and nodes of a whole lab. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { startLab, type Lab } from '../../index.ts';
import { whyNotIsolated } from '../../network/testing/why-not-isolated.ts';
import { createTestClient, type TestClient } from '../../testing/client.ts';
import { kubectl, missingKubectl } from '../../testing/kubectl.ts';

const reason = await whyNotIsolated();
const withoutKubectl = missingKubectl();
const patience = { timeout: 20_000 };
const modes = [{ mode: 'isolated' }, { mode: 'loopback' }] as const;

describe.each(modes)('the apiserver proxy of a lab ($mode)', { timeout: 60_000 }, ({ mode }) => {
  describe.skipIf(mode === 'isolated' && reason !== null)('that runs', () => {
    const running = new AsyncDisposableStack();
    let lab: Lab;
    let client: TestClient;
    let visitor: TestClient;

    beforeAll(async () => {
      const directory = await mkdtemp(join(tmpdir(), 'hop-proxy-'));
      running.defer(() => rm(directory, { recursive: true }));
      const topology = { apiservers: 2, nodes: 2 };
      lab = running.use(await startLab({ directory: join(directory, 'lab'), mode, topology }));
      client = await createTestClient(lab.kubeconfigPath);
      const config: unknown = parse(await readFile(lab.visitorKubeconfigPath, 'utf8'));
      const token = /"token":"([^"]+)"/.exec(JSON.stringify(config))?.[1] ?? '';
      visitor = await createTestClient(lab.kubeconfigPath, token);
    }, 90_000);
    afterAll(() => running.disposeAsync(), 30_000);

    const withKubectl = it.skipIf(withoutKubectl !== undefined);

    withKubectl.each([
      ['a Service', '/api/v1/namespaces/shop/services/catalog/proxy/', /"name": "catalog-/],
      ['a Service over TLS', '/api/v1/namespaces/shop/services/https:checkout:https/proxy/', /./],
      [
        'a pod',
        '/api/v1/namespaces/default/pods/web-0/proxy/hello?format=text',
        /^GET \/hello\?format=text/m,
      ],
      [
        'a pod by its port',
        '/api/v1/namespaces/default/pods/web-0:8080/proxy/x?format=text',
        /^GET \/x\?format=text/m,
      ],
      ['a node', '/api/v1/nodes/node-1/proxy/healthz', /^ok$/],
      [
        "a Service's redirect",
        '/api/v1/namespaces/default/services/web:http/proxy',
        /"name": "web-\d"/,
      ],
    ])('answers kubectl get --raw: %s', async (_, path, printed) => {
      const { stdout } = await kubectl(lab.kubeconfigPath, 'get', '--raw', path);
      expect(stdout).toMatch(printed);
    });

    it('spreads requests over the endpoints of a Service', async () => {
      const pods = new Set<string>();
      for (let asked = 0; asked < 60 && pods.size < 3; asked += 1) {
        const path = '/api/v1/namespaces/default/services/web:http/proxy/';
        const { text } = await client.send('GET', path);
        pods.add(/web-\d/.exec(text)?.[0] ?? text);
      }
      expect([...pods].sort()).toEqual(['web-0', 'web-1', 'web-2']);
    });

    it('tells its hops while somebody listens', async () => {
      const seen: Hop[] = [];
      const id = randomUUID();
      const path = '/api/v1/namespaces/default/services/web:http/proxy/traced';
      const hops = lab.onHop((hop) => seen.push(hop));
      await hops.ready;
      await client.send('GET', path, undefined, { 'Audit-ID': id });
      await expect
        .poll(() => seen.filter(({ request }) => request === id).length, patience)
        .toBe(2);
      expect(seen.map(({ from, to }) => `${from.station} → ${to.station}`)).toEqual([
        'client → apiserver-proxy',
        'apiserver-proxy → pod',
      ]);
      const { user } = seen[0]?.decision.values ?? {};
      expect(user).toBe('kubernetes-admin');
      hops[Symbol.dispose]();
      // Whoever listens next is told of the next alone: nothing was kept.
      const later = randomUUID();
      await client.send('GET', path, undefined, { 'Audit-ID': randomUUID() });
      const next: Hop[] = [];
      using again = lab.onHop((hop) => next.push(hop));
      await again.ready;
      await client.send('GET', path, undefined, { 'Audit-ID': later });
      await expect.poll(() => next.length, patience).toBe(2);
      expect(new Set(next.map(({ request }) => request))).toEqual(new Set([later]));
      expect(seen).toHaveLength(2);
    });

    it('tells of requests that it refuses at the door', async () => {
      const seen: Hop[] = [];
      using hops = lab.onHop((hop) => seen.push(hop));
      await hops.ready;
      const path = '/api/v1/nodes/node-1/proxy/';
      await client.send('GET', path, undefined, { 'Impersonate-User': 'jane' });
      await expect.poll(() => seen.length, patience).toBe(1);
      expect(seen[0]).toMatchObject({
        status: 403,
        decision: {
          key: 'apiserver-proxy.refused',
          values: { message: expect.stringContaining('nodes/proxy') as string },
        },
      });
    });

    it('goes nowhere but to what is in the lab', async () => {
      const refused = ['/api/v1/nodes/astray/proxy/', '/api/v1/nodes/astray:2379/proxy/'];
      await client.send('POST', '/api/v1/nodes', { metadata: { name: 'astray' } });
      const astray =
        mode === 'isolated' ? ['172.30.0.10', '127.0.0.1', '169.254.169.254'] : ['::1'];
      for (const address of astray) {
        const written = await client.send('PUT', '/api/v1/nodes/astray/status', {
          metadata: { name: 'astray' },
          status: { addresses: [{ type: 'InternalIP', address }] },
        });
        expect(written.status).toBe(200);
        for (const path of refused) {
          const { json } = await client.send('GET', path);
          expect(json).toMatchObject({ code: 400, message: 'address not allowed' });
        }
      }
      await client.send('DELETE', '/api/v1/nodes/astray');
      // On loopback the host has other services on the same addresses.
      const other = await client.send('GET', '/api/v1/nodes/node-1:22/proxy/');
      expect(other.json).toMatchObject({ code: mode === 'loopback' ? 400 : 503 });
    });

    it.each([
      ['GET', '/api/v1/namespaces/shop/services/catalog/proxy/', 200],
      ['GET', '/api/v1/namespaces/default/pods/web-0/proxy/', 200],
      ['POST', '/api/v1/namespaces/default/pods/web-0/proxy/', 403],
      ['GET', '/api/v1/nodes/node-1/proxy/healthz', 403],
      ['GET', '/api/v1/namespaces/kube-system/services/kube-dns/proxy/', 403],
    ])('lets visitors %s %s: %i', async (method, path, status) => {
      expect((await visitor.send(method, path)).status).toBe(status);
    });
  });
});

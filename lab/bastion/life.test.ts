import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect, type PeerCertificate } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFragileWire } from '../controllers/testing/fragile-wire.ts';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { ask, type Asked } from './testing/ask.ts';
import { startBastionProcess, type BastionProcess } from './testing/bastion-process.ts';
import { startBastionCluster, type BastionCluster } from './testing/cluster.ts';

const web = '/api/v1/namespaces/default/services/web:http/proxy';
let cluster: BastionCluster;

beforeAll(async () => {
  cluster = await startBastionCluster();
  await cluster.allow('jane', ['get'], ['services/proxy', 'pods/proxy']);
});
afterAll(() => cluster[Symbol.asyncDispose]());

function say(bastion: BastionProcess, path: string, asked: Partial<Asked> = {}) {
  const ca = cluster.serving.certificatePem;
  return ask(path, { port: bastion.port, ca, token: 'jane', ...asked });
}

/** A request whose answer goes on. */
async function begin(bastion: BastionProcess): Promise<IncomingMessage> {
  const sent = get({
    host: '127.0.0.1',
    port: bastion.port,
    path: `${web}/slow`,
    ca: cluster.serving.certificatePem,
    headers: { Authorization: 'Bearer jane' },
    agent: false,
  });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await once(response, 'data');
  return response;
}

describe('its end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'comes at once with %s when nothing goes on',
    async (signal) => {
      await using bastion = await startBastionProcess(cluster.flags);
      const before = performance.now();
      bastion.kill(signal);
      expect(await bastion.ended).toEqual([null, signal]);
      expect(performance.now() - before).toBeLessThan(2_500);
    },
  );

  it('cuts what goes on after three seconds, and lets nobody in meanwhile', async () => {
    await using bastion = await startBastionProcess(cluster.flags);
    const response = await begin(bastion);
    const { promise: cut, resolve } = Promise.withResolvers<undefined>();
    response.once('error', () => undefined).once('close', () => resolve(undefined));
    const before = performance.now();
    bastion.kill('SIGTERM');
    await expect.poll(() => say(bastion, '/readyz').catch(() => 'refused')).toBe('refused');
    await cut;
    expect(performance.now() - before).toBeGreaterThan(2_500);
    expect(await bastion.ended).toEqual([null, 'SIGTERM']);
  });

  it('is announced first with --shutdown-delay-duration', async () => {
    await using bastion = await startBastionProcess([
      ...cluster.flags,
      '--shutdown-delay-duration=2s',
    ]);
    bastion.kill('SIGTERM');
    await expect.poll(async () => (await say(bastion, '/readyz')).status).toBe(500);
    expect(await say(bastion, `${web}/`)).toMatchObject({
      status: 200,
      headers: { connection: 'close' },
    });
    await bastion.ended;
  });
});

it('shows a certificate that replaces another, and keeps the one it has when the new one is none', async () => {
  await using own = await startBastionCluster();
  await own.allow('jane', ['get'], ['services/proxy']);
  await using bastion = await startBastionProcess(own.flags);
  const shown = async () => {
    const socket = connect({ host: '127.0.0.1', port: bastion.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const certificate: PeerCertificate = socket.getPeerCertificate();
    socket.destroy();
    return certificate.subject.CN;
  };
  const replace = async (name: string, text: string) => {
    await writeFile(join(own.directory, `${name}.next`), text);
    await rename(join(own.directory, `${name}.next`), join(own.directory, name));
  };
  expect(await shown()).toBe('kube-apiserver');
  const next = await createAuthority('next');
  const { certificatePem, keyPem } = await next.issueServer(['127.0.0.1'], 'replaced');
  await replace('tls.crt', certificatePem);
  await bastion.said(/Still serving as before: tls: private key does not match public key/);
  expect(await shown()).toBe('kube-apiserver');
  await replace('tls.key', keyPem);
  await bastion.said(/Serving with the certificates that replaced/);
  expect(await shown()).toBe('replaced');

  const none = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n';
  await replace('clients.crt', next.certificatePem + none);
  await bastion.said(/Still serving as before: unable to load client CA provider/);
  const clients = await createAuthority('other clients');
  const { certificatePem: cert, keyPem: key } = await clients.issueClient({ user: 'jane' });
  const asked = { port: bastion.port, cert, key, ca: next.certificatePem };
  expect(await ask(`${web}/`, asked)).toMatchObject({ status: 401 });
  await replace('clients.crt', clients.certificatePem);
  await expect.poll(async () => (await ask(`${web}/`, asked)).status, { timeout: 5_000 }).toBe(200);
});

it('serves what is known while the apiserver is away, says so, and follows again when it is back', async () => {
  await using wire = await startFragileWire(cluster.apiserver.server);
  const kubeconfig = join(cluster.directory, 'over-wire');
  const text = await readFile(cluster.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replace(cluster.apiserver.server, wire.server));
  await using bastion = await startBastionProcess([
    ...cluster.flags,
    `--kubeconfig=${kubeconfig}`,
    // Nobody waits for the answer of a moment ago to be forgotten.
    '--authentication-token-webhook-cache-ttl=1m',
    '--authorization-webhook-cache-authorized-ttl=1m',
  ]);
  const status = async (path: string) => (await say(bastion, path)).status;
  const pod = (name: string) => `/api/v1/namespaces/default/pods/${name}/proxy/`;
  expect(await status(`${web}/`)).toBe(200);
  expect(await status(pod('later-0'))).toBe(404);
  wire.setAway(true);

  expect(await status(`${web}/`)).toBe(200);
  await expect
    .poll(async () => (await say(bastion, '/readyz?verbose')).text, { timeout: 5_000 })
    .toContain('[+]apiserver does not answer: serving what is known\n');
  expect(await status('/readyz')).toBe(200);
  // Whether it is there, nobody can tell now; nor who somebody is who has not come before.
  expect(await status(pod('later-0'))).toBe(503);
  const stranger = await say(bastion, `${web}/`, { token: 'nobody' });
  expect([stranger.status, stranger.headers['retry-after']]).toEqual([503, '1']);
  expect(JSON.parse(stranger.text)).toMatchObject({
    message: 'the apiserver does not answer: unable to create a TokenReview',
    reason: 'ServiceUnavailable',
  });
  await bastion.said(/E\d{4} .* hop\] Unable to create a TokenReview: /);

  await cluster.createPod('later-0');
  wire.setAway(false);
  expect(await status(pod('later-0'))).toBe(200);
  await cluster.apiserver.send('DELETE', '/api/v1/namespaces/default/pods/later-0');
  await expect.poll(() => status(pod('later-0')), { timeout: 10_000 }).toBe(404);
  expect((await say(bastion, '/readyz?verbose')).text).toContain('[+]apiserver ok\n');
});

it('answers 500 when it may no longer ask whose a token is', async () => {
  await using own = await startBastionCluster();
  await using bastion = await startBastionProcess(own.flags);
  await own.apiserver.send(
    'DELETE',
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/hop:apiserver-proxy',
  );
  const asked = { port: bastion.port, ca: own.serving.certificatePem, token: 'jane' };
  const { status, text } = await ask(`${web}/`, asked);
  expect([status, text]).toEqual([500, expect.stringContaining('unable to create a TokenReview')]);
  await bastion.said(/Unable to create a TokenReview: .*cannot create resource "tokenreviews"/);
});

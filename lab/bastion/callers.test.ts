import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Asked } from './testing/ask.ts';
import { startBastionProcess, type BastionProcess } from './testing/bastion-process.ts';
import { startBastionCluster, type BastionCluster } from './testing/cluster.ts';
import { freePort } from './testing/free-port.ts';

let cluster: BastionCluster;
let bastion: BastionProcess;

beforeAll(async () => {
  cluster = await startBastionCluster();
  await cluster.allow('jane', ['get', 'create'], ['services/proxy', 'pods/proxy', 'nodes/proxy']);
  bastion = await startBastionProcess([
    ...cluster.flags,
    `--insecure-port=${await freePort()}`,
    `--audit-log-path=${join(cluster.directory, 'audit.log')}`,
    '-v=3',
  ]);
});
afterAll(async () => {
  await bastion[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

const web = '/api/v1/namespaces/default/services/web:http/proxy';

function say(path: string, asked: Partial<Asked> = {}) {
  return ask(path, { port: bastion.port, ca: cluster.serving.certificatePem, ...asked });
}

/** What a refusal says. */
async function refusalOf(path: string, asked: Partial<Asked> = {}) {
  const { status, text, headers } = await say(path, asked);
  const { message } = JSON.parse(text) as { readonly message: string };
  return { status, message, headers };
}

describe('who comes', () => {
  it('is whom the cluster knows by a token, which the target does not see', async () => {
    const { status, text, headers } = await say(`${web}/hello?a=b`, { token: 'jane' });
    expect([status, JSON.parse(text)]).toMatchObject([200, { method: 'GET', url: '/hello?a=b' }]);
    expect(text).not.toContain('jane');
    expect(headers).toMatchObject({
      'audit-id': expect.any(String) as string,
      'cache-control': 'no-cache, private',
    });
  });

  it('is whom a client certificate names', async () => {
    const { certificatePem: cert, keyPem: key } = await cluster.apiserver.clients.issueClient({
      user: 'jane',
    });
    expect(await say(`${web}/`, { cert, key })).toMatchObject({ status: 200 });
  });

  it.each([
    ['nobody', {}],
    ['a token that the cluster does not know', { token: 'wrong' }],
  ])('is refused as %s', async (_, asked) => {
    expect(await refusalOf(`${web}/`, asked)).toMatchObject({
      status: 401,
      message: 'Unauthorized',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('is refused with a certificate of another authority', async () => {
    const { certificatePem: cert, keyPem: key } = await cluster.apiserver.proxies.issueClient({
      user: 'jane',
    });
    expect(await say(`${web}/`, { cert, key })).toMatchObject({ status: 401 });
    expect(await say(`${web}/`, { cert, key, token: 'jane' })).toMatchObject({ status: 200 });
  });

  it('is told in the words of Kubernetes what is not allowed', async () => {
    expect(await refusalOf(`${web}/`, { token: 'nobody' })).toMatchObject({
      status: 403,
      message:
        'services "web:http" is forbidden: User "nobody" cannot get resource "services/proxy" in API group "" in the namespace "default"',
      headers: { 'x-content-type-options': 'nosniff' },
    });
    expect(await refusalOf(`${web}/`, { token: 'jane', method: 'DELETE' })).toMatchObject({
      status: 403,
      message: expect.stringContaining(
        'User "jane" cannot delete resource "services/proxy"',
      ) as string,
    });
    expect(await say(`${web}/`, { token: 'jane', method: 'POST', body: 'x' })).toMatchObject({
      status: 200,
    });
  });

  it('acts as somebody else only where that is allowed, and the target hears nothing of it', async () => {
    const headers = { 'Impersonate-User': 'jane' };
    expect(await refusalOf(`${web}/`, { token: 'nobody', headers })).toMatchObject({
      status: 403,
      message:
        'users "jane" is forbidden: User "nobody" cannot impersonate resource "users" in API group "" at the cluster scope',
    });
    const { status, text } = await say(`${web}/`, { token: 'admin', headers });
    expect(status).toBe(200);
    expect(text).not.toContain('mpersonate');
    expect(
      await refusalOf(`${web}/`, { token: 'admin', headers: { 'Impersonate-User': 'nobody' } }),
    ).toMatchObject({
      status: 403,
      message: expect.stringContaining('User "nobody" cannot get') as string,
    });
    expect(
      await refusalOf(`${web}/`, {
        token: 'jane',
        headers: { 'Impersonate-User': 'system:serviceaccount:default:ci' },
      }),
    ).toMatchObject({
      status: 403,
      message:
        'serviceaccounts "ci" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"',
    });
  });
});

describe('the insecure port', () => {
  it('asks who comes as the other one does', async () => {
    const plain = { port: bastion.insecurePort ?? 0, isPlain: true };
    expect(await say(`${web}/`, plain)).toMatchObject({ status: 401 });
    expect(await say(`${web}/`, { ...plain, token: 'nobody' })).toMatchObject({ status: 403 });
    expect(await say(`${web}/`, { ...plain, token: 'jane' })).toMatchObject({ status: 200 });
    expect(bastion.stderr()).toContain('Serving insecurely on 127.0.0.1:');
  });

  it('is not the secure one', async () => {
    expect(await say(`${web}/`, { isPlain: true, token: 'jane' })).toMatchObject({
      status: 400,
      text: 'Client sent an HTTP request to an HTTPS server.\n',
    });
  });
});

describe('what is no proxied path', () => {
  it('is health, for everybody', async () => {
    expect(await say('/livez')).toMatchObject({ status: 200, text: 'ok' });
    expect(await say('/healthz')).toMatchObject({ status: 200, text: 'ok' });
    const { text } = await say('/readyz?verbose');
    expect(text).toBe(
      '[+]ping ok\n[+]apiserver ok\n[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n',
    );
  });

  it('is metrics and the version, for those who may', async () => {
    expect(await say('/metrics')).toMatchObject({ status: 401 });
    expect(await refusalOf('/metrics', { token: 'jane' })).toMatchObject({
      status: 403,
      message: 'forbidden: User "jane" cannot get path "/metrics"',
    });
    const { text } = await say('/metrics', { token: 'admin' });
    expect(text).toMatch(
      /^apiserver_request_total\{code="200",component="apiserver",dry_run="",group="",resource="services",scope="resource",subresource="proxy",verb="CONNECT",version="v1"\} \d+$/m,
    );
    expect(text).toMatch(/^apiserver_request_duration_seconds_bucket\{.*,le="0\.005"\} \d+$/m);
    expect(JSON.parse((await say('/version', { token: 'jane' })).text)).toMatchObject({
      gitVersion: expect.stringMatching(/^v1\.\d+\.0\+hop\./) as string,
    });
  });

  it.each([
    '/api/v1/namespaces/default/pods',
    '/api/v1/namespaces/default/services/web',
    '/api/v1/namespaces/default/services/web/status',
    '/api/v1/proxy/namespaces/default/services/web/',
    '/apis/apps/v1/namespaces/default/services/web/proxy',
    '/api/v1/services/web/proxy/',
    '/api/v1/namespaces/default/nodes/node-1/proxy/',
  ])('is not %s: it says what is served', async (path) => {
    expect(await say(path)).toMatchObject({ status: 401 });
    expect(await refusalOf(path, { token: 'admin' })).toMatchObject({
      status: 404,
      message: expect.stringContaining('/api/v1/nodes/{id}/proxy/') as string,
    });
  });
});

it('tells of each request in the log and in the audit, without secrets', async () => {
  const headers = { 'Audit-ID': 'look-for-me', 'User-Agent': 'test' };
  await say(`${web}/?token=secret`, { token: 'jane', headers });
  await bastion.said(/"HTTP" .*audit-ID="look-for-me"/);
  const line = bastion
    .stderr()
    .split('\n')
    .find((one) => one.includes('look-for-me'));
  expect(line).toMatch(
    /httplog\.go:134\] "HTTP" verb="GET" URI=".*\?token=redacted" latency="\d+ms" userAgent="test" .* user="jane" srcIP="127\.0\.0\.1" resp=200$/,
  );
  await expect
    .poll(() => readFile(join(cluster.directory, 'audit.log'), 'utf8'))
    .toContain('"auditID":"look-for-me","stage":"ResponseComplete"');
  expect(bastion.stderr()).not.toContain('secret');
});

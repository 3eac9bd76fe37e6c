import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl, missingKubectl } from '../testing/kubectl.ts';
import { base64, writeKubeconfig } from '../kubeconfig.ts';
import { join } from 'node:path';
import { ask, type Asked } from './testing/ask.ts';
import { startBastionProcess, type BastionProcess } from './testing/bastion-process.ts';
import { startBastionCluster, type BastionCluster } from './testing/cluster.ts';

let cluster: BastionCluster;
let bastion: BastionProcess;

beforeAll(async () => {
  cluster = await startBastionCluster();
  await cluster.allow('jane', ['get', 'create'], ['services/proxy', 'pods/proxy', 'nodes/proxy']);
  bastion = await startBastionProcess(cluster.flags);
});
afterAll(async () => {
  await bastion[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

const services = '/api/v1/namespaces/default/services';
const pods = '/api/v1/namespaces/default/pods';

function say(path: string, asked: Partial<Asked> = {}) {
  const ca = cluster.serving.certificatePem;
  return ask(path, { port: bastion.port, ca, token: 'jane', ...asked });
}

describe('a name leads', () => {
  it.each([
    ['a Service, by the name of its port', `${services}/web:http/proxy/x`],
    ['a Service, by the number of its port', `${services}/web:80/proxy/x`],
    ['a pod', `${pods}/web-0/proxy/x`],
    ['a kubelet, with the certificate for kubelets', '/api/v1/nodes/node-1/proxy/x'],
  ])('to %s', async (_, path) => {
    const { status, text } = await say(path);
    expect([status, text]).toEqual([200, expect.stringContaining('"url":"/x"')]);
  });

  it.each([
    [`${services}/nosuch/proxy/`, 404, 'services "nosuch" not found'],
    [`${services}/web/proxy/`, 503, 'no endpoints available for service "web"'],
    [`${pods}/nosuch/proxy/`, 404, 'pods "nosuch" not found'],
    ['/api/v1/nodes/nosuch/proxy/', 404, 'nodes "nosuch" not found'],
    [`${pods}/a:b:c/proxy/`, 400, 'invalid pod request "a:b:c"'],
    // A name is one segment of the path that is asked for, not a way out of it.
    [`${pods}/..%2F..%2Fsecrets%2Fx/proxy/`, 404, undefined],
  ])('nowhere: %s', async (path, status, message) => {
    const answer = await say(path);
    expect(answer.status).toBe(status);
    if (message !== undefined) expect(JSON.parse(answer.text)).toMatchObject({ message });
  });

  it('to what was made a moment ago', async () => {
    await cluster.createPod('new-0');
    expect(await say(`${pods}/new-0/proxy/x`)).toMatchObject({ status: 200 });
  });

  it('to endpoints that changed', async () => {
    const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/web-1';
    const { json } = await cluster.apiserver.send('GET', path);
    await cluster.apiserver.send('PUT', path, { ...json, endpoints: [] });
    const status = async () => (await say(`${services}/web:http/proxy/`)).status;
    await expect.poll(status).toBe(503);
    const { json: now } = await cluster.apiserver.send('GET', path);
    await cluster.apiserver.send('PUT', path, { ...now, endpoints: json.endpoints });
    await expect.poll(status).toBe(200);
  });
});

it('speaks HTTP/2', async () => {
  const session = connectHttp2(`https://127.0.0.1:${bastion.port}`, {
    ca: cluster.serving.certificatePem,
  });
  const stream = session.request({
    ':path': `${services}/web:http/proxy/h2`,
    authorization: 'Bearer jane',
  });
  const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
  expect([headers[':status'], await readText(stream)]).toEqual([
    200,
    expect.stringContaining('"url":"/h2"'),
  ]);
  session.close();
});

describe('an upgraded connection', () => {
  it.each([
    ['a Service', `${services}/web:http/proxy/`],
    ['a pod', `${pods}/web-0/proxy/`],
    ['a kubelet', '/api/v1/nodes/node-1/proxy/'],
  ])('leads to %s', async (_, path) => {
    const sent = upgrade(path, { Authorization: 'Bearer jane' });
    const [response, socket, head] = (await once(sent, 'upgrade')) as [unknown, Duplex, Buffer];
    expect(response).toMatchObject({ statusCode: 101 });
    socket.write('ping');
    expect(head.toString() + (await readUntil(socket, 'ping'))).toContain('""');
    socket.destroy();
  });

  it('takes the token of a browser, and keeps it', async () => {
    const token = `base64url.bearer.authorization.k8s.io.${Buffer.from('jane').toString('base64url')}`;
    const sent = upgrade(`${services}/web:http/proxy/`, {
      'Sec-WebSocket-Protocol': `${token}, chat`,
    });
    const [, socket, head] = (await once(sent, 'upgrade')) as [unknown, Duplex, Buffer];
    socket.write('ping');
    const said = head.toString() + (await readUntil(socket, 'ping'));
    expect(said).toBe('"chat"ping');
    socket.destroy();
  });

  it('is refused before it begins', async () => {
    const sent = upgrade(`${services}/web:http/proxy/`, { Authorization: 'Bearer nobody' });
    const [response] = (await once(sent, 'response')) as [{ readonly statusCode: number }];
    expect(response.statusCode).toBe(403);
    sent.destroy();
  });
});

function upgrade(path: string, headers: Readonly<Record<string, string>>): ClientRequest {
  const sent = request({
    host: '127.0.0.1',
    port: bastion.port,
    ca: cluster.serving.certificatePem,
    path,
    headers: { ...headers, Connection: 'Upgrade', Upgrade: 'echo' },
  });
  sent.end();
  return sent;
}

async function readUntil(socket: Duplex, end: string): Promise<string> {
  let read = '';
  while (!read.endsWith(end)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    read += chunk.toString();
  }
  return read;
}

it.skipIf(missingKubectl() !== undefined)('serves kubectl', async () => {
  const config = join(cluster.directory, 'jane');
  const ca = base64(cluster.serving.certificatePem);
  await writeKubeconfig(config, {
    cluster: { server: `https://127.0.0.1:${bastion.port}`, 'certificate-authority-data': ca },
    user: { token: 'jane' },
  });
  const { stdout } = await kubectl(config, 'get', '--raw', `${services}/web:http/proxy/k`);
  expect(stdout).toContain('"url":"/k"');
  await expect(kubectl(config, 'get', '--raw', `${services}/nosuch/proxy/k`)).rejects.toThrow(
    'Error from server (NotFound): services "nosuch" not found',
  );
});

it('leads to no loopback address unless that is asked for', async () => {
  const flags = cluster.flags.filter((flag) => flag !== '--allow-loopback-endpoints');
  await using strict = await startBastionProcess(flags);
  const { status, text } = await say(`${pods}/web-0/proxy/`, { port: strict.port });
  expect([status, JSON.parse(text)]).toMatchObject([400, { message: 'address not allowed' }]);
});

it('reaches no kubelet without a certificate for kubelets', async () => {
  const flags = cluster.flags.filter((flag) => !flag.startsWith('--kubelet-'));
  await using without = await startBastionProcess(flags);
  const { status, text } = await say('/api/v1/nodes/node-1/proxy/', { port: without.port });
  expect([status, text]).toEqual([503, expect.stringContaining('--kubelet-client-certificate')]);
});

import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { text as readText } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, startScriptedServer } from '../../proxies/kit/testing/scripted-server.ts';
import { startTestApiserver, type TestApiserver } from './testing/test-apiserver.ts';

const path = '/api/v1/namespaces/default/configmaps';
const timeout = {
  kind: 'Status',
  status: 'Failure',
  message: 'Timeout: request did not complete within the allotted timeout',
  reason: 'Timeout',
  code: 504,
};

let apiserver: TestApiserver;
beforeAll(async () => {
  apiserver = await startTestApiserver({
    requestTimeoutMs: 200,
    allowLoopbackEndpoints: true,
    maxMutatingRequestsInflight: 1,
    tokens: new Map([
      ['admin', { name: 'admin', groups: ['system:masters'] }],
      ['jane', { name: 'jane', groups: [] }],
    ]),
    authorizationModes: ['AlwaysAllow'],
  });
});
afterAll(() => apiserver[Symbol.asyncDispose]());

describe('a body that does not come', () => {
  it('ends its connection, over HTTP/1.1', async () => {
    const answer = await timedOut();
    expect(answer).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject(timeout);
    await expectPlace();
  });

  it('ends its stream, over HTTP/2, and leaves the others', async () => {
    const session = connectHttp2(apiserver.server, { ca: apiserver.caPem });
    const authorization = 'Bearer jane';
    const watch = session.request({ ':path': `${path}?watch=true`, authorization });
    await once(watch, 'response');
    const stream = session.request({ ':method': 'POST', ':path': path, authorization });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const closed = once(stream, 'close');
    stream.write('{');
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    expect(headers[':status']).toBe(504);
    await closed;
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject(timeout);
    await expectPlace();
    expect(watch.closed).toBe(false);
    session.destroy();
  });
});

it('ends no proxied request: it lasts as long as its target takes', async () => {
  let isLate = false;
  await using target = await startScriptedServer(async ({ socket }) => {
    await timedOut();
    isLate = true;
    socket.write(ok('late'));
  });
  const metadata = { name: 'late', namespace: 'default' };
  const pod = {
    metadata,
    spec: { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: target.port }] }] },
    status: { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] },
  };
  const pods = '/api/v1/namespaces/default/pods';
  await apiserver.send('POST', pods, pod);
  await apiserver.send('PUT', `${pods}/late/status`, pod);
  const answer = await apiserver.send('GET', `${pods}/late/proxy/`);
  expect(answer).toMatchObject({ status: 200, text: 'late' });
  expect(isLate).toBe(true);
});

/** What a short request got, once it has taken as long as it may. */
async function timedOut(): Promise<string> {
  const socket = connectTls({ port: apiserver.port, ca: apiserver.caPem, host: '127.0.0.1' });
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer jane\r\nContent-Length: 9\r\n\r\n{`,
  );
  return readText(socket);
}

/** Its place among the requests in flight is free for another. */
async function expectPlace(): Promise<void> {
  const metadata = { generateName: 'x-' };
  await expect
    .poll(async () => (await apiserver.send('POST', path, { metadata }, 'jane')).status)
    .toBe(201);
}

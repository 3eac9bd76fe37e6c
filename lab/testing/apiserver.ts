/** An apiserver in the test's own process, empty, and its administrator. */
import { Agent, request, type RequestOptions } from 'node:https';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import type { ApiObject } from '../apiserver/api-object.ts';
import { startApiserver } from '../apiserver/server.ts';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { createMemoryStore } from '../store/memory-store.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  readonly json: JsonObject;
}

export interface TestApiserver extends AsyncDisposable {
  readonly port: number;
  /** A watch is answered once its headers are there, and then given up. */
  send(
    method: string,
    target: string,
    body?: string | JsonObject | readonly JsonObject[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Starts one with the namespace `default`. */
export async function startTestApiserver(maxSockets = 8): Promise<TestApiserver> {
  const authority = await createAuthority();
  const { certificatePem, keyPem } = await authority.issueServer(['127.0.0.1']);
  const apiserver = await startApiserver({
    tlsCert: certificatePem,
    tlsPrivateKey: keyPem,
    clientCa: authority.certificatePem,
    tokens: new Map([['admin', { name: 'admin', groups: ['system:masters'] }]]),
    store: createMemoryStore<ApiObject>(),
    disableAdmissionPlugins: ['ServiceAccount'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets, ca: authority.certificatePem });
  const send: TestApiserver['send'] = (method, target, body, headers = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return exchange(`${apiserver.server}/`, text, {
      agent,
      method,
      path: target,
      headers: {
        Authorization: 'Bearer admin',
        ...(text === undefined || text === '' ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
        // Node frames no body of its own accord for OPTIONS and DELETE.
        ...(text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
      },
    });
  };
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'default' } });
  return {
    port: apiserver.port,
    send,
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await apiserver[Symbol.asyncDispose]();
    },
  };
}

function exchange(url: string, body: string | undefined, options: RequestOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, options);
  sent.once('error', (cause) => {
    const what = `${options.method ?? ''} ${options.path ?? ''} ${JSON.stringify(options.headers)}`;
    reject(new Error(`${what}: no answer`, { cause }));
  });
  sent.once('response', (response) => {
    const { statusCode: status = 0, headers } = response;
    let text = '';
    const finish = () => {
      resolve({
        status,
        headers,
        text,
        get json() {
          return JSON.parse(text) as JsonObject;
        },
      });
    };
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.once('error', finish);
    response.once('end', finish);
    if (status === 200 && headers['content-length'] === undefined) {
      finish();
      response.destroy();
    }
  });
  sent.end(body);
  return promise;
}

/** An apiserver with a listener, for tests of who may do what: over HTTP, with tokens and certificates. */
import { generateKeyPairSync } from 'node:crypto';
import { request as sendRequest } from 'node:https';
import { text as readText } from 'node:stream/consumers';
import { createAuthority, type Authority } from '../../../proxies/kit/pki/authority.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { ApiObject } from '../api-object.ts';
import type { ApiserverOptions } from '../options.ts';
import { startApiserver } from '../server.ts';

export interface TestApiserver extends AsyncDisposable {
  readonly server: string;
  readonly port: number;
  readonly caPem: string;
  /** An administrator's. */
  readonly token: string;
  /** Of the group `hop:visitors`. */
  readonly visitorToken: string;
  /** Signs client certificates. */
  readonly clients: Authority;
  /** Signs certificates of front proxies. */
  readonly proxies: Authority;
  /** As the administrator; `token` is somebody else's, empty: nobody's. */
  send(
    method: string,
    path: string,
    body?: object,
    token?: string,
    extra?: SendExtra,
  ): Promise<TestAnswer>;
  /** As somebody else, by impersonation. */
  sendAs(user: string, method: string, path: string, body?: object): Promise<TestAnswer>;
}

export interface SendExtra {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly cert?: { readonly certificatePem: string; readonly keyPem: string };
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: JsonObject;
}

/** Starts one with a memory store; front proxies may say who their client is. */
export async function startTestApiserver(
  options: Partial<ApiserverOptions> = {},
): Promise<TestApiserver> {
  const [authority, clients, proxies] = await Promise.all([
    createAuthority('serving'),
    createAuthority('clients'),
    createAuthority('proxies'),
  ]);
  const { certificatePem, keyPem } = await authority.issueServer(['127.0.0.1']);
  const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const apiserver = await startApiserver({
    disableAdmissionPlugins: ['ServiceAccount'],
    tlsCert: certificatePem,
    tlsPrivateKey: keyPem,
    clientCa: clients.certificatePem,
    requestHeader: {
      clientCa: proxies.certificatePem,
      allowedNames: ['front'],
      usernameHeaders: ['x-remote-user'],
      uidHeaders: ['x-remote-uid'],
      groupHeaders: ['x-remote-group'],
      extraHeadersPrefixes: ['x-remote-extra-'],
    },
    tokens: new Map([
      ['admin', { name: 'admin', groups: ['system:masters'] }],
      ['jane', { name: 'jane', groups: ['dev'] }],
      ['visitor', { name: 'visitor', groups: ['hop:visitors'] }],
    ]),
    serviceAccounts: { issuers: [issuer], audiences: [issuer], keys: [signingKey], signingKey },
    store: createMemoryStore<ApiObject>(),
    ...options,
  });
  const { server, port } = apiserver;
  const send: TestApiserver['send'] = async (method, path, body, token = 'admin', extra = {}) => {
    const text = body && JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<TestAnswer>();
    const sent = sendRequest(`${server}${path}`, {
      method,
      ca: authority.certificatePem,
      agent: false,
      ...(extra.cert ? { cert: extra.cert.certificatePem, key: extra.cert.keyPem } : {}),
      headers: {
        ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        ...extra.headers,
      },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      readText(response).then((received) => {
        const status = response.statusCode ?? 0;
        const answer = { status, headers: response.headers, text: received };
        resolve({
          ...answer,
          get json() {
            return JSON.parse(received) as JsonObject;
          },
        });
      }, reject);
    });
    sent.end(text);
    return promise;
  };
  return {
    server,
    port,
    caPem: authority.certificatePem,
    token: 'admin',
    visitorToken: 'visitor',
    clients,
    proxies,
    send,
    sendAs: (user, method, path, body) =>
      send(method, path, body, 'admin', { headers: { 'Impersonate-User': user } }),
    [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
  };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, listAt, textAt } from './api-object.ts';
import {
  startTestApiserver,
  type SendExtra,
  type TestApiserver,
} from './testing/test-apiserver.ts';

let apiserver: TestApiserver;

beforeAll(async () => {
  apiserver = await startTestApiserver();
});
afterAll(() => apiserver[Symbol.asyncDispose]());

const whoamiPath = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** Who the apiserver takes us for; the status where it takes us for nobody. */
async function whoami(token: string, extra: SendExtra = {}) {
  const answer = await apiserver.send('POST', whoamiPath, {}, token, extra);
  return answer.status === 201 ? at(answer.json, 'status', 'userInfo') : answer.status;
}

const front = (
  user: string,
  groups: readonly string[] = [],
): NonNullable<SendExtra['headers']> => ({
  'X-Remote-User': user,
  ...(groups.length === 0 ? {} : { 'X-Remote-Group': groups }),
});

describe('who sends a request', () => {
  it('is whom the static token names', async () => {
    expect(await whoami('jane')).toEqual({
      username: 'jane',
      groups: ['dev', 'system:authenticated'],
    });
  });

  it.each([
    ['an unknown token', 'wrong', 401],
    ['nobody, who may not ask who they are', '', 403],
  ])('is %s', async (_, token, status) => {
    expect(await whoami(token)).toBe(status);
  });

  it('is whom the client certificate names, by CN and O', async () => {
    const cert = await apiserver.clients.issueClient({ user: 'ann', groups: ['dev', 'ops'] });
    expect(await whoami('', { cert })).toEqual({
      username: 'ann',
      groups: ['dev', 'ops', 'system:authenticated'],
    });
  });

  it('is refused with a certificate of another authority, unless a token is good', async () => {
    const cert = await apiserver.proxies.issueClient({ user: 'ann' });
    expect(await whoami('', { cert })).toBe(401);
    expect(await whoami('jane', { cert })).toMatchObject({ username: 'jane' });
  });

  it('is whom a front proxy names in its headers', async () => {
    const cert = await apiserver.proxies.issueClient({ user: 'front' });
    const headers = {
      ...front('bob', ['a,b', 'c']),
      'X-Remote-Uid': '7',
      'X-Remote-Extra-Example.com%2Fscope': ['one', 'two'],
    };
    expect(await whoami('', { cert, headers })).toEqual({
      username: 'bob',
      uid: '7',
      groups: ['a,b', 'c', 'system:authenticated'],
      extra: { 'example.com/scope': ['one', 'two'] },
    });
  });

  it.each([
    ['a certificate that is no front proxy’s', 'proxies', 'other'],
    ['a client of ours', 'clients', 'front'],
  ] as const)('is not believed with %s', async (_, authority, user) => {
    const cert = await apiserver[authority].issueClient({ user });
    const answer = await whoami('', { cert, headers: front('root', ['system:masters']) });
    expect(answer).not.toMatchObject({ username: 'root' });
  });

  it('may bring its token as a protocol of a WebSocket', async () => {
    const protocol = `base64url.bearer.authorization.k8s.io.${Buffer.from('jane').toString('base64url')}`;
    const headers = { 'Sec-WebSocket-Protocol': `v4.channel.k8s.io, ${protocol}` };
    expect(await whoami('', { headers })).toMatchObject({ username: 'jane' });
  });
});

describe('impersonation', () => {
  it.each([
    [
      'a user',
      { 'Impersonate-User': 'bob' },
      { username: 'bob', groups: ['system:authenticated'] },
    ],
    [
      'a user of groups, with uid and extra',
      {
        'Impersonate-User': 'bob',
        'Impersonate-Group': ['dev', 'ops'],
        'Impersonate-Uid': '7',
        'Impersonate-Extra-Scopes': ['view', 'edit'],
      },
      {
        username: 'bob',
        uid: '7',
        groups: ['dev', 'ops', 'system:authenticated'],
        extra: { scopes: ['view', 'edit'] },
      },
    ],
    [
      'a ServiceAccount, whose groups are its own',
      { 'Impersonate-User': 'system:serviceaccount:default:ci' },
      {
        username: 'system:serviceaccount:default:ci',
        groups: [
          'system:serviceaccounts',
          'system:serviceaccounts:default',
          'system:authenticated',
        ],
      },
    ],
  ])('makes an administrator %s', async (_, headers, user) => {
    expect(await whoami('admin', { headers })).toEqual(user);
  });

  it.each([
    ['users', { 'Impersonate-User': 'bob' }, 'users "bob" is forbidden', 'users'],
    [
      'ServiceAccounts, in their namespace',
      { 'Impersonate-User': 'system:serviceaccount:default:ci' },
      'serviceaccounts "ci" is forbidden',
      'serviceaccounts',
    ],
  ])('is refused to others, for %s', async (_, headers, message, kind) => {
    const { status, json } = await apiserver.send('POST', whoamiPath, {}, 'jane', { headers });
    expect(status).toBe(403);
    expect(json.message).toContain(message);
    expect(json.message).toContain(`User "jane" cannot impersonate resource "${kind}"`);
  });

  it('of nobody is none', async () => {
    const headers = { 'Impersonate-User': '' };
    expect(await whoami('jane', { headers })).toMatchObject({ username: 'jane' });
    const group = { ...headers, 'Impersonate-Group': 'dev' };
    expect(await whoami('admin', { headers: group })).toBe(500);
  });

  it('needs a user', async () => {
    const headers = { 'Impersonate-Group': 'dev' };
    expect(await whoami('admin', { headers })).toBe(500);
  });
});

describe('tokens of ServiceAccounts', () => {
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const makeToken = (account: string, spec: object = {}) =>
    apiserver.send('POST', `${accounts}/${account}/token`, { spec });
  const tokenOf = async (account: string, spec: object = {}) =>
    textAt((await makeToken(account, spec)).json, 'status', 'token');

  it('are made, and die with their ServiceAccount, also where it comes again', async () => {
    await apiserver.send('POST', accounts, { metadata: { name: 'ci' } });
    const token = await tokenOf('ci');
    expect(await whoami(token)).toMatchObject({
      username: 'system:serviceaccount:default:ci',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    });
    await apiserver.send('DELETE', `${accounts}/ci`);
    expect(await whoami(token)).toBe(401);
    await apiserver.send('POST', accounts, { metadata: { name: 'ci' } });
    expect(await whoami(token)).toBe(401);
  });

  it('die with what they are bound to', async () => {
    await apiserver.send('POST', accounts, { metadata: { name: 'bound' } });
    const secrets = '/api/v1/namespaces/default/secrets';
    await apiserver.send('POST', secrets, { metadata: { name: 'lifeline' } });
    const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: 'lifeline' };
    const token = await tokenOf('bound', { boundObjectRef });
    expect(await whoami(token)).toMatchObject({ username: 'system:serviceaccount:default:bound' });
    await apiserver.send('DELETE', `${secrets}/lifeline`);
    expect(await whoami(token)).toBe(401);
  });

  it('are good only for those they were made for', async () => {
    await apiserver.send('POST', accounts, { metadata: { name: 'vault' } });
    const token = await tokenOf('vault', { audiences: ['vault'] });
    expect(await whoami(token)).toBe(401);
    const review = async (audiences: readonly string[]) =>
      (
        await apiserver.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
          spec: { token, audiences },
        })
      ).json.status;
    expect(await review(['vault', 'other'])).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'system:serviceaccount:default:vault' },
    });
    expect(await review(['other'])).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it.each([
    [
      'too short a time',
      { expirationSeconds: 10 },
      422,
      'spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
    ],
    [
      'a Pod that is not there',
      { boundObjectRef: { kind: 'Pod', name: 'x' } },
      404,
      'pods "x" not found',
    ],
    [
      'a ConfigMap',
      { boundObjectRef: { kind: 'ConfigMap', name: 'x' } },
      400,
      'cannot bind token for serviceaccount "asked" to type ConfigMap',
    ],
  ])('are refused for %s', async (_, spec, status, message) => {
    await apiserver.send('POST', accounts, { metadata: { name: 'asked' } });
    const answer = await makeToken('asked', spec);
    expect([answer.status, answer.json.message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
  });

  it('can be checked by others with the keys that are published', async () => {
    await apiserver.send('POST', accounts, { metadata: { name: 'checked' } });
    const token = await tokenOf('checked');
    const { json: discovery } = await apiserver.send('GET', '/.well-known/openid-configuration');
    const { json: set } = await apiserver.send('GET', '/openid/v1/jwks');
    expect(discovery).toMatchObject({
      issuer: 'https://kubernetes.default.svc.cluster.local',
      jwks_uri: 'https://kubernetes.default.svc.cluster.local/openid/v1/jwks',
    });
    const { jwtVerify } = await import('jose/jwt/verify');
    const { createLocalJWKSet } = await import('jose/jwks/local');
    // The border: our own keys are keys.
    const keys = createLocalJWKSet({ keys: listAt(set, 'keys') as [] });
    const { payload } = await jwtVerify(token, keys);
    expect(payload.sub).toBe('system:serviceaccount:default:checked');
  });
});

it('makes nobody authenticated who is asked for as not', async () => {
  await using one = await startTestApiserver();
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const headers = { 'Impersonate-User': 'x', 'Impersonate-Group': 'system:unauthenticated' };
  // Who is authenticated may ask this.
  const { status } = await one.send('POST', path, {}, 'admin', { headers });
  expect(status).toBe(403);
});

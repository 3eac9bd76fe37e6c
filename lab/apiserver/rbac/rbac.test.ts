import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { at, listAt, type ApiObject } from '../api-object.ts';
import { matchesLabelSelector } from '../label-selector.ts';
import { startTestApiserver, type TestApiserver } from '../testing/test-apiserver.ts';
import { createRbacAuthorizer } from './rbac-authorizer.ts';
import { missingRules } from './covers.ts';

const base = '/apis/rbac.authorization.k8s.io/v1';
const inDefault = `${base}/namespaces/default`;
const group = 'rbac.authorization.k8s.io';
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const bindingTo = (name: string, kind: string, role: string, user: string) => ({
  metadata: { name },
  roleRef: { apiGroup: group, kind, name: role },
  subjects: [{ kind: 'User', name: user }],
});

let apiserver: TestApiserver;
const create = async (path: string, body: object) => {
  const { status, text } = await apiserver.send('POST', path, body);
  if (status !== 201) throw new Error(text);
};

beforeAll(async () => {
  apiserver = await startTestApiserver();
  await create(`${base}/clusterroles`, {
    metadata: { name: 'table' },
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['one'] },
      { apiGroups: ['apps'], resources: ['*/scale'], verbs: ['update'] },
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] },
      { nonResourceURLs: ['/metrics', '/healthz/*'], verbs: ['get'] },
    ],
  });
  await create(`${base}/clusterrolebindings`, bindingTo('table', 'ClusterRole', 'table', 'tab'));
  await create(`${inDefault}/roles`, { metadata: { name: 'pods' }, rules: [pods] });
  await create(`${inDefault}/rolebindings`, bindingTo('pods', 'Role', 'pods', 'pat'));
  await create(`${base}/clusterroles`, {
    metadata: { name: 'tried', annotations: { 'hop-by-hop.dev/dry-run-only': 'true' } },
    rules: [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }],
  });
  await create(`${base}/clusterrolebindings`, bindingTo('tried', 'ClusterRole', 'tried', 'try'));
  await create(`${inDefault}/rolebindings`, bindingTo('admins', 'ClusterRole', 'admin', 'adam'));
  await create(`${inDefault}/rolebindings`, bindingTo('lost', 'Role', 'gone', 'lost'));
});
afterAll(() => apiserver[Symbol.asyncDispose]());

const exec = '/api/v1/namespaces/default/pods/web-0/exec?command=ls';

describe('a decision', () => {
  it.each([
    ['tab', 'GET', '/api/v1/namespaces/default/configmaps/one', 'allowed'],
    ['tab', 'GET', '/api/v1/namespaces/default/configmaps/two', 'refused'],
    ['tab', 'GET', '/api/v1/namespaces/default/configmaps', 'refused'],
    [
      'tab',
      'GET',
      '/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Done',
      'refused',
    ],
    ['tab', 'PUT', '/apis/apps/v1/namespaces/default/deployments/x/scale', 'allowed'],
    ['tab', 'PUT', '/apis/apps/v1/namespaces/default/deployments/x', 'refused'],
    ['tab', 'POST', exec, 'allowed'],
    // A WebSocket's exec is a GET: `get` on the subresource.
    ['tab', 'GET', exec, 'refused'],
    ['tab', 'GET', '/metrics', 'allowed'],
    ['tab', 'GET', '/healthz/etcd', 'allowed'],
    ['tab', 'GET', '/livez/etcd', 'refused'],
    ['pat', 'GET', '/api/v1/namespaces/default/pods', 'allowed'],
    ['pat', 'GET', '/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1', 'refused'],
    ['pat', 'GET', '/api/v1/namespaces/kube-system/pods', 'refused'],
    ['pat', 'GET', '/api/v1/pods', 'refused'],
    ['try', 'DELETE', '/api/v1/namespaces/default/pods/x?dryRun=All', 'allowed'],
    ['try', 'DELETE', '/api/v1/namespaces/default/pods/x', 'refused'],
    ['try', 'GET', '/api/v1/namespaces/default/pods?dryRun=All', 'refused'],
    ['try', 'POST', `${exec}&dryRun=All`, 'refused'],
    ['adam', 'GET', '/api/v1/namespaces/default/secrets', 'allowed'],
    ['adam', 'GET', '/api/v1/namespaces/kube-system/secrets', 'refused'],
    ['adam', 'GET', `${inDefault}/roles`, 'allowed'],
    ['adam', 'GET', `${base}/clusterroles`, 'refused'],
    ['system:kube-scheduler', 'GET', '/api/v1/nodes', 'allowed'],
  ])('for %s, %s %s: %s', async (user, method, path, outcome) => {
    const { status, text } = await apiserver.sendAs(
      user,
      method,
      path,
      method === 'GET' ? undefined : {},
    );
    const isForbidden = status === 403 && text.includes('cannot');
    expect(isForbidden ? 'refused' : 'allowed').toBe(outcome);
  });

  it.each(['/pod', ''])(
    'lets those who may try delete (%s) with the word in the body',
    async (name) => {
      const path = `/api/v1/namespaces/default/configmaps${name}`;
      await apiserver.send('POST', '/api/v1/namespaces/default/configmaps', {
        metadata: { name: 'pod' },
      });
      const remove = (user: string, body?: object) => apiserver.sendAs(user, 'DELETE', path, body);
      expect((await remove('try', { dryRun: ['All'] })).status).toBe(200);
      for (const body of [{ dryRun: [] }, {}, undefined]) {
        const { status, json } = await remove('try', body);
        expect([status, json.reason]).toEqual([403, 'Forbidden']);
      }
      expect((await remove('pat', { dryRun: ['All'] })).status).toBe(403);
      const left = await apiserver.send('GET', '/api/v1/namespaces/default/configmaps/pod');
      expect(left.status).toBe(200);
    },
  );

  it('says why', async () => {
    const ask = (user: string, verb: string) =>
      apiserver.sendAs(user, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        spec: { resourceAttributes: { verb, resource: 'pods', namespace: 'default' } },
      });
    expect((await ask('pat', 'list')).json.status).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "pods/default" of Role "pods" to User "pat"',
    });
    expect((await ask('lost', 'list')).json.status).toEqual({
      allowed: false,
      reason: 'RBAC: role.rbac.authorization.k8s.io "gone" not found',
    });
  });

  it('takes microseconds among hundreds of bindings', async () => {
    const store = createMemoryStore<ApiObject>();
    for (let index = 0; index < 300; index += 1) {
      const metadata = { name: `r${index}`, namespace: `ns${index % 30}` };
      await store.create(`/${group}/roles/${metadata.namespace}/${metadata.name}`, {
        metadata,
        rules: [pods],
      });
      await store.create(`/${group}/rolebindings/${metadata.namespace}/${metadata.name}`, {
        ...bindingTo(metadata.name, 'Role', metadata.name, `user${index}`),
        metadata,
      });
    }
    await using rbac = createRbacAuthorizer(store);
    await rbac.synced;
    const attributes = {
      isResource: true,
      verb: 'list',
      group: '',
      resource: 'pods',
      subresource: '',
      namespace: 'ns7',
      name: '',
      path: '',
    };
    const user = { name: 'user7', groups: ['system:authenticated'] };
    expect(rbac.decide(user, attributes).verdict).toBe('allow');
    const startedAt = performance.now();
    for (let count = 0; count < 10_000; count += 1) rbac.decide(user, attributes);
    // One by intention; a busy machine is given some air.
    expect((performance.now() - startedAt) / 10).toBeLessThan(50);
  });
});

describe('nobody gives away more than they have', () => {
  const secretRole = {
    metadata: { name: 'secrets' },
    rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }],
  };

  it('in a role', async () => {
    const refused = await apiserver.sendAs('adam', 'POST', `${inDefault}/roles`, secretRole);
    expect(refused.status).toBe(403);
    expect(refused.json.message).toBe(
      'roles.rbac.authorization.k8s.io "secrets" is forbidden: user "adam" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
    );
    const own = { metadata: { name: 'own' }, rules: [pods] };
    expect((await apiserver.sendAs('adam', 'POST', `${inDefault}/roles`, own)).status).toBe(201);
  });

  it('in a change of a role', async () => {
    const merge = { 'Content-Type': 'application/merge-patch+json', 'Impersonate-User': 'adam' };
    const patch = { rules: secretRole.rules };
    const path = `${inDefault}/roles/pods`;
    const refused = await apiserver.send('PATCH', path, patch, 'admin', { headers: merge });
    expect(refused.status).toBe(403);
  });

  it('in a binding, unless they may bind that role', async () => {
    const binding = bindingTo('mighty', 'ClusterRole', 'cluster-admin', 'adam');
    const path = `${inDefault}/rolebindings`;
    expect((await apiserver.sendAs('adam', 'POST', path, binding)).status).toBe(403);
    await create(`${base}/clusterroles`, {
      metadata: { name: 'binder' },
      rules: [
        { apiGroups: [group], resources: ['rolebindings'], verbs: ['create'] },
        {
          apiGroups: [group],
          resources: ['clusterroles'],
          verbs: ['bind'],
          resourceNames: ['cluster-admin'],
        },
      ],
    });
    await create(`${inDefault}/rolebindings`, bindingTo('binder', 'ClusterRole', 'binder', 'ben'));
    expect((await apiserver.sendAs('ben', 'POST', path, binding)).status).toBe(201);
    const other = bindingTo('other', 'ClusterRole', 'admin', 'ben');
    expect((await apiserver.sendAs('ben', 'POST', path, other)).status).toBe(403);
  });

  it.each([
    ['a verb more', [pods], [{ ...pods, verbs: ['get', 'watch'] }], 1],
    ['a name of all', [pods], [{ ...pods, resourceNames: ['x'] }], 0],
    ['all of a name', [{ ...pods, resourceNames: ['x'] }], [pods], 2],
    [
      'a part of everything',
      [{ ...pods, resources: ['*'] }],
      [{ ...pods, resources: ['pods/log'] }],
      0,
    ],
    ['everything of a part', [pods], [{ ...pods, resources: ['*'] }], 2],
    [
      'a path of a prefix',
      [{ verbs: ['*'], nonResourceURLs: ['/api/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/api/v1'] }],
      0,
    ],
  ])('%s', (_, held, wanted, missing) => {
    expect(missingRules(held, wanted)).toHaveLength(missing);
  });
});

it('keeps the sums of roles', async () => {
  await create(`${base}/clusterroles`, {
    metadata: { name: 'sum' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
  });
  await create(`${base}/clusterroles`, {
    metadata: { name: 'part', labels: { part: 'yes' } },
    rules: [pods],
  });
  await expect
    .poll(async () => (await apiserver.send('GET', `${base}/clusterroles/sum`)).json.rules)
    .toEqual([pods]);
  await apiserver.send('DELETE', `${base}/clusterroles/part`);
  await expect
    .poll(async () =>
      listAt((await apiserver.send('GET', `${base}/clusterroles/sum`)).json, 'rules'),
    )
    .toEqual([]);
});

it('sums up no rules that may only be tried', async () => {
  const metadata = { labels: { tried: 'yes' } };
  await create(`${base}/clusterroles`, {
    metadata: {
      ...metadata,
      name: 'part-tried',
      annotations: { 'hop-by-hop.dev/dry-run-only': 'true' },
    },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }],
  });
  await create(`${base}/clusterroles`, {
    metadata: { ...metadata, name: 'part-done' },
    rules: [pods],
  });
  await create(`${base}/clusterroles`, {
    metadata: { name: 'sum-tried' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { tried: 'yes' } }] },
  });
  await expect
    .poll(async () => (await apiserver.send('GET', `${base}/clusterroles/sum-tried`)).json.rules)
    .toEqual([pods]);
});

it('sums up by labels that roles have of their own', () => {
  const key = 'constructor';
  const matchExpressions = [{ key, operator: 'Exists' }];
  expect(matchesLabelSelector({ matchExpressions }, {})).toBe(false);
  expect(matchesLabelSelector({ matchExpressions }, { [key]: 'x' })).toBe(true);
});

it.each([
  ['clusterroles', base, { rules: [pods] }],
  ['roles', inDefault, { rules: [pods] }],
  ['clusterrolebindings', base, bindingTo('put', 'ClusterRole', 'put', 'pat')],
  ['rolebindings', inDefault, bindingTo('put', 'Role', 'put', 'pat')],
])('creates %s that are put where there are none', async (plural, path, body) => {
  const object = { ...body, metadata: { name: 'put' } };
  expect((await apiserver.send('PUT', `${path}/${plural}/put`, object)).status).toBe(201);
  const refused = await apiserver.sendAs('tab', 'PUT', `${path}/${plural}/other`, object);
  expect(refused.status).toBe(403);
});

it.each([
  [
    'a rule without verbs',
    `${inDefault}/roles`,
    { metadata: { name: 'x' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] },
    'rules[0].verbs: Required value: verbs must contain at least one value',
  ],
  [
    'paths in a namespace',
    `${inDefault}/roles`,
    { metadata: { name: 'x' }, rules: [{ nonResourceURLs: ['/'], verbs: ['get'] }] },
    'namespaced rules cannot apply to non-resource URLs',
  ],
  [
    'a role of another kind',
    `${base}/clusterrolebindings`,
    bindingTo('x', 'Role', 'pods', 'pat'),
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
  ],
  [
    'a ServiceAccount without a namespace',
    `${inDefault}/rolebindings`,
    {
      ...bindingTo('x', 'Role', 'pods', 'pat'),
      subjects: [{ kind: 'ServiceAccount', name: 'ci' }],
    },
    'subjects[0].namespace: Required value',
  ],
])('refuses %s', async (_, path, body, message) => {
  const { status, json } = await apiserver.send('POST', path, body);
  expect([status, json.message]).toEqual([422, expect.stringContaining(message)]);
});

it('never changes the role of a binding', async () => {
  const path = `${inDefault}/rolebindings/pods`;
  const { status, json } = await apiserver.send(
    'PUT',
    path,
    bindingTo('pods', 'Role', 'own', 'pat'),
  );
  expect(status).toBe(422);
  expect(at(json, 'message')).toContain('cannot change roleRef');
});

it('lets nobody turn what may be tried into what may be done, unless they may do it', async () => {
  await create(`${base}/clusterroles`, {
    metadata: { name: 'role-writer' },
    rules: [{ apiGroups: [group], resources: ['clusterroles'], verbs: ['update'] }],
  });
  await create(
    `${base}/clusterrolebindings`,
    bindingTo('role-writer', 'ClusterRole', 'role-writer', 'rita'),
  );
  const rules = [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }];
  const { status } = await apiserver.sendAs('rita', 'PUT', `${base}/clusterroles/tried`, {
    metadata: { name: 'tried' },
    rules,
  });
  expect(status).toBe(403);
});

import { describe, expect, it } from 'vitest';
import { listAt, textAt } from './api-object.ts';
import { createTestApi } from './testing/test-api.ts';
import { startTestApiserver } from './testing/test-apiserver.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

describe('a path', () => {
  it('below one namespace never leads to another', async () => {
    await using apiserver = await startTestApiserver();
    await apiserver.send('POST', '/api/v1/namespaces', { metadata: { name: 'own' } });
    const bound = await apiserver.send('POST', `${rbac}/namespaces/own/rolebindings`, {
      metadata: { name: 'all' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
    });
    expect(bound.status).toBe(201);
    const asJane = async (method: string, path: string) =>
      (await apiserver.send(method, path, undefined, 'jane')).status;
    expect(await asJane('GET', '/api/v1/namespaces/own')).toBe(200);
    expect(await asJane('GET', '/api/v1/namespaces/own/namespaces')).toBe(404);
    expect(await asJane('GET', '/api/v1/namespaces/own/namespaces/default')).toBe(404);
    expect(await asJane('DELETE', '/api/v1/namespaces/own/namespaces/kube-node-lease')).toBe(404);
    expect(await asJane('GET', '/api/v1/namespaces/own/nodes/node-1')).toBe(404);
  });

  it('of all namespaces lists the objects of one name', async () => {
    const api = await createTestApi();
    for (const name of ['a', 'b']) {
      await api.create('/api/v1/namespaces/default/configmaps', { metadata: { name } });
    }
    const { json } = await api.send('GET', '/api/v1/configmaps?fieldSelector=metadata.name%3Da');
    expect(listAt(json, 'items').map((item) => textAt(item, 'metadata', 'name'))).toEqual(['a']);
  });
});

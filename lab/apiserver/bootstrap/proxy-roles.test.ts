import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { apiserverProxy } from '../../../proxies/apiserver-proxy/descriptor.ts';
import { startTestApiserver, type TestApiserver } from '../testing/test-apiserver.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const apiGroup = 'rbac.authorization.k8s.io';
const cellsSchema = z.object({ role: z.string(), resources: z.array(z.string()) });
const proxied = ['nodes', 'pods', 'services'];
const facts = (apiserverProxy.tables.find(({ id }) => id === 'roles')?.rows ?? []).map(
  ({ cells }) => cellsSchema.parse(cells),
);

describe('the roles that every cluster has', () => {
  let apiserver: TestApiserver;

  beforeAll(async () => {
    apiserver = await startTestApiserver();
    for (const { role } of facts) {
      const { status } = await apiserver.send('POST', rbac, {
        metadata: { name: `test:${role}` },
        roleRef: { apiGroup, kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup, kind: 'User', name: role }],
      });
      expect(status).toBe(201);
    }
  });
  afterAll(() => apiserver[Symbol.asyncDispose]());

  it.each(facts)('let “$role” proxy to $resources, and to nothing else', async (fact) => {
    for (const resource of proxied) {
      for (const verb of ['get', 'create']) {
        const isAllowed = await mayProxy(fact.role, verb, resource);
        expect(isAllowed, `${verb} ${resource}`).toBe(fact.resources.includes(`${resource}/proxy`));
      }
    }
  });

  async function mayProxy(user: string, verb: string, resource: string): Promise<boolean> {
    const namespace = resource === 'nodes' ? {} : { namespace: 'default' };
    const resourceAttributes = { verb, resource, subresource: 'proxy', name: 'web', ...namespace };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { json } = await apiserver.send('POST', path, { spec: { user, resourceAttributes } });
    return z.object({ status: z.object({ allowed: z.boolean() }) }).parse(json).status.allowed;
  }
});

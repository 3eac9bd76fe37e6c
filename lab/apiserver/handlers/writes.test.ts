import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from '../api-object.ts';
import { createTestApi } from '../testing/test-api.ts';

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const merge = { 'content-type': 'application/merge-patch+json' };
const named = (name: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name, ...more },
});
const pod = (name: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: { containers: [{ name: 'web', image: 'echo' }], ...more },
});
const deployment = {
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'echo' }] },
    },
  },
};

describe('deletion', () => {
  it('of a pod that runs nowhere takes no time', async () => {
    const api = await createTestApi();
    await api.create(`${core}/pods`, pod('web'));
    expect((await api.send('DELETE', `${core}/pods/web`)).json).toMatchObject({ kind: 'Pod' });
    expect((await api.send('GET', `${core}/pods/web`)).status).toBe(404);
  });

  it('of a pod on a node leaves its kubelet time, which can only become shorter', async () => {
    const api = await createTestApi();
    await api.create(`${core}/pods`, pod('web', { nodeName: 'node-1' }));
    const grace = async (body?: JsonObject) => {
      const { json } = await api.send('DELETE', `${core}/pods/web`, body);
      return at(json, 'metadata', 'deletionGracePeriodSeconds');
    };
    expect(await grace()).toBe(30);
    expect(await grace({ gracePeriodSeconds: 60 })).toBe(30);
    expect(await grace({ gracePeriodSeconds: 5 })).toBe(5);
    await grace({ gracePeriodSeconds: 0 });
    expect((await api.send('GET', `${core}/pods/web`)).status).toBe(404);
  });

  it('waits for finalizers, takes no new ones, and is over when they are gone', async () => {
    const api = await createTestApi();
    const path = `${core}/configmaps/a`;
    await api.create(`${core}/configmaps`, named('a', { finalizers: ['example.com/mine'] }));
    const marked = await api.send('DELETE', path);
    expect(textAt(marked.json, 'metadata', 'deletionTimestamp')).not.toBe('');
    const added = { metadata: { finalizers: ['example.com/mine', 'example.com/more'] } };
    expect(textAt((await api.send('PATCH', path, added, merge)).json, 'message')).toBe(
      'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
    );
    const again = await api.send('POST', `${core}/configmaps`, named('a'));
    expect(textAt(again.json, 'message')).toBe(
      'object is being deleted: configmaps "a" already exists',
    );
    await api.send('PATCH', path, { metadata: { finalizers: null } }, merge);
    expect((await api.send('GET', path)).status).toBe(404);
  });

  it.each([
    ['Foreground', 202, ['foregroundDeletion']],
    ['Orphan', 200, ['orphan']],
  ])('tells the garbage collector: %s', async (propagationPolicy, status, finalizers) => {
    const api = await createTestApi();
    await api.create(`${apps}/deployments`, deployment);
    const deleted = await api.send('DELETE', `${apps}/deployments/web`, { propagationPolicy });
    expect(deleted.status).toBe(status);
    expect(listAt(deleted.json, 'metadata', 'finalizers')).toEqual(finalizers);
    expect(at(deleted.json, 'metadata', 'generation')).toBe(2);
  });

  it('keeps its preconditions, and refuses policies that nobody knows', async () => {
    const api = await createTestApi();
    const created = await api.create(`${core}/configmaps`, named('a'));
    const path = `${core}/configmaps/a`;
    const other = { preconditions: { uid: 'other' } };
    expect(textAt((await api.send('DELETE', path, other)).json, 'message')).toBe(
      `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: other, UID in object meta: ${created.metadata.uid ?? ''}`,
    );
    const unknown = await api.send('DELETE', path, { propagationPolicy: 'Sideways' });
    expect(unknown.json).toMatchObject({
      code: 422,
      details: { causes: [{ reason: 'FieldValueNotSupported', field: 'propagationPolicy' }] },
    });
    expect((await api.send('DELETE', `${path}?dryRun=All`)).status).toBe(200);
    expect((await api.send('GET', path)).status).toBe(200);
  });
});

describe('namespaces', () => {
  it('end in two steps, and take nothing new meanwhile', async () => {
    const api = await createTestApi();
    await api.create('/api/v1/namespaces', named('shop'));
    const ending = await api.send('DELETE', '/api/v1/namespaces/shop');
    expect(ending.json).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    });
    const refused = await api.send('POST', '/api/v1/namespaces/shop/configmaps', named('a'));
    expect(refused.json).toMatchObject({
      code: 403,
      message:
        'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
      details: {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace shop is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    });
    const final = { ...ending.json, spec: { finalizers: [] } };
    expect((await api.send('PUT', '/api/v1/namespaces/shop/finalize', final)).status).toBe(200);
    expect((await api.send('GET', '/api/v1/namespaces/shop')).status).toBe(404);
  });

  it.each(['default', 'kube-system'])('stay where all depend on them: %s', async (name) => {
    const api = await createTestApi();
    if (name !== 'default') await api.create('/api/v1/namespaces', named(name));
    const refused = await api.send('DELETE', `/api/v1/namespaces/${name}`);
    expect(textAt(refused.json, 'message')).toBe(
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  });
});

describe('subresources', () => {
  it('scale: reads, writes and refuses less than none', async () => {
    const api = await createTestApi();
    await api.create(`${apps}/deployments`, deployment);
    const path = `${apps}/deployments/web/scale`;
    const scale = (await api.send('GET', path)).json;
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 1 },
      status: { replicas: 0, selector: 'app=web' },
    });
    const more = await api.send('PATCH', path, { spec: { replicas: 3 } }, merge);
    expect(more.json).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    const stale = await api.send('PUT', path, { ...scale, spec: { replicas: 5 } });
    expect(stale.json).toMatchObject({ code: 409, reason: 'Conflict' });
    const less = await api.send('PATCH', path, { spec: { replicas: -1 } }, merge);
    expect(textAt(less.json, 'message')).toBe(
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
    const whole = await api.send('GET', `${apps}/deployments/web`);
    expect(whole.json).toMatchObject({ spec: { replicas: 3 }, metadata: { generation: 2 } });
  });

  it('binding: puts a pod on a node, once', async () => {
    const api = await createTestApi();
    await api.create(`${core}/pods`, pod('web'));
    const bind = (name: string) =>
      api.send('POST', `${core}/pods/web/binding`, {
        metadata: { name: 'web' },
        target: { kind: 'Node', name },
      });
    expect((await bind('node-1')).status).toBe(201);
    expect((await api.send('GET', `${core}/pods/web`)).json).toMatchObject({
      spec: { nodeName: 'node-1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect(textAt((await bind('node-2')).json, 'message')).toBe(
      'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"',
    );
  });

  it('eviction: is a deletion', async () => {
    const api = await createTestApi();
    await api.create(`${core}/pods`, pod('web'));
    const evicted = await api.send('POST', `${core}/pods/web/eviction`, named('web'));
    expect(evicted.json).toMatchObject({ status: 'Success', code: 201 });
    expect((await api.send('GET', `${core}/pods/web`)).status).toBe(404);
  });

  it('status: leaves the spec alone, and the spec the status', async () => {
    const api = await createTestApi();
    await api.create(`${apps}/deployments`, deployment);
    const patch = { spec: { replicas: 9 }, status: { replicas: 9 } };
    const path = `${apps}/deployments/web`;
    const status = await api.send('PATCH', `${path}/status`, patch, merge);
    expect(status.json).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 9 } });
    expect(at(status.json, 'metadata', 'generation')).toBe(1);
  });
});

it('shows an event by both of its names', async () => {
  const api = await createTestApi();
  await api.create(`${core}/events`, {
    metadata: { name: 'a' },
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
    message: 'Started',
    count: 2,
  });
  const path = '/apis/events.k8s.io/v1/namespaces/default/events';
  expect((await api.send('GET', `${path}/a`)).json).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { name: 'web' },
    note: 'Started',
    deprecatedCount: 2,
  });
  await api.send('PATCH', `${path}/a`, { note: 'Stopped' }, merge);
  expect((await api.send('GET', `${core}/events/a`)).json).toMatchObject({ message: 'Stopped' });
  const list = await api.send('GET', `${path}?fieldSelector=regarding.name%3Dweb`);
  expect(listAt(list.json, 'items')).toHaveLength(1);
});

it('makes another name where the one it made is taken', async () => {
  const api = await createTestApi();
  const names = new Set<string>();
  for (let index = 0; index < 20; index += 1) {
    const body = { metadata: { generateName: 'some-' } };
    names.add((await api.create(`${core}/configmaps`, body)).metadata.name);
  }
  expect(names.size).toBe(20);
});

it('takes no version at creation, and demands one for leases', async () => {
  const api = await createTestApi();
  const versioned = named('a', { resourceVersion: '7' });
  expect((await api.send('POST', `${core}/configmaps`, versioned)).json).toMatchObject({
    message: 'resourceVersion should not be set on objects to be created',
  });
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  expect((await api.send('PUT', `${leases}/a`, named('a'))).status).toBe(201);
  expect(textAt((await api.send('PUT', `${leases}/a`, named('a'))).json, 'message')).toBe(
    'Lease.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
  );
});

it('keeps what admission has given a pod, and refuses what would make it another', async () => {
  const api = await createTestApi();
  const created = await api.create(`${core}/pods`, pod('web'));
  const replaced = await api.send('PUT', `${core}/pods/web`, pod('web'));
  expect(at(replaced.json, 'spec')).toEqual(at(created, 'spec'));
  const other = await api.send('PUT', `${core}/pods/web`, pod('web', { dnsPolicy: 'Default' }));
  expect(listAt(other.json, 'details', 'causes')).toMatchObject([
    { reason: 'FieldValueForbidden', field: 'spec' },
  ]);
});

describe('a write', () => {
  it('takes empty metadata and the version 0 for what is not said', async () => {
    const api = await createTestApi();
    const path = `${core}/configmaps`;
    const nothing = { resourceVersion: '', uid: '', namespace: '', generateName: '' };
    expect((await api.send('POST', path, named('a', nothing))).status).toBe(201);
    expect((await api.send('POST', path, named('b', { resourceVersion: '0' }))).status).toBe(201);
    expect((await api.send('PUT', `${path}/a`, named('a', nothing))).status).toBe(200);
    const { status } = await api.send('PUT', `${path}/a`, named('a', { resourceVersion: '0' }));
    expect(status).toBe(200);
  });

  it('that changes the order of the fields alone changes nothing', async () => {
    const api = await createTestApi();
    const { metadata, spec } = await api.create(`${apps}/deployments`, deployment);
    const turned = Object.fromEntries(Object.entries(spec ?? {}).reverse());
    const { json } = await api.send('PUT', `${apps}/deployments/web`, { spec: turned, metadata });
    expect(json.metadata).toEqual(metadata);
  });

  it('by a patch keeps the name and the namespace of its path', async () => {
    const api = await createTestApi();
    await api.create(`${core}/configmaps`, named('a'));
    const patch = (metadata: JsonObject) =>
      api.send('PATCH', `${core}/configmaps/a`, { metadata }, merge);
    expect(textAt((await patch({ name: 'b' })).json, 'message')).toBe(
      'the name of the object (b) does not match the name on the URL (a)',
    );
    expect(textAt((await patch({ namespace: 'b' })).json, 'message')).toBe(
      'the namespace of the object (b) does not match the namespace on the URL (default)',
    );
  });

  it.each([
    ['wins when it names no version', undefined, 200, ['10.0.0.1']],
    ['is refused when it names one', 'the one read before', 409, []],
  ])('that races another one %s', async (_, version, status, addresses) => {
    const api = await createTestApi();
    const node = await api.create('/api/v1/nodes', named('astray'));
    const { store } = api;
    const write = store.update.bind(store);
    store.update = async (key, value, revision) => {
      store.update = write;
      await api.send('PATCH', '/api/v1/nodes/astray', { spec: { unschedulable: true } }, merge);
      return write(key, value, revision);
    };
    const { resourceVersion } = node.metadata;
    const metadata = version === undefined ? {} : { resourceVersion: resourceVersion ?? '' };
    const put = await api.send('PUT', '/api/v1/nodes/astray/status', {
      ...named('astray', metadata),
      status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] },
    });
    expect(put.status).toBe(status);
    const { json } = await api.send('GET', '/api/v1/nodes/astray');
    const found = listAt(json, 'status', 'addresses').map((one) => textAt(one, 'address'));
    expect(found).toEqual(addresses);
    expect(json).toMatchObject({ spec: { unschedulable: true } });
  });

  it('that deletes a collection deletes also what is changed meanwhile', async () => {
    const api = await createTestApi();
    await api.create(`${core}/configmaps`, named('a'));
    const { store } = api;
    const list = store.list.bind(store);
    store.list = async (request) => {
      const page = await list(request);
      const entry = await store.get('/core/configmaps/default/a');
      if (entry)
        await store.update(entry.key, { ...entry.value, data: { a: '1' } }, entry.revision);
      return page;
    };
    await api.send('DELETE', `${core}/configmaps`);
    expect((await api.send('GET', `${core}/configmaps/a`)).status).toBe(404);
  });
});

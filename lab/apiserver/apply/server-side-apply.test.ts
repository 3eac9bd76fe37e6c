import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTestApiserver, type TestApiserver } from '../../testing/apiserver.ts';
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from '../api-object.ts';

let apiserver: TestApiserver;
beforeAll(async () => {
  apiserver = await startTestApiserver();
});
afterAll(() => apiserver[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';

const type = { 'Content-Type': 'application/apply-patch+yaml' };

function apply(path: string, manager: string, body: JsonObject | string, query = '') {
  return apiserver.send('PATCH', `${path}?fieldManager=${manager}${query}`, body, type);
}

const configMap = (data: JsonObject, metadata: JsonObject = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
});

/** What a manager owns, by its name. */
function ownedBy(object: Json, manager: string): Json | undefined {
  const entry = listAt(object, 'metadata', 'managedFields').find(
    (one) => textAt(one, 'manager') === manager,
  );
  return at(entry, 'fieldsV1');
}

describe('server-side apply', () => {
  it('creates what does not exist, and remembers who applied which fields', async () => {
    const created = await apply(
      `${maps}/new`,
      'one',
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: "1"\n',
    );
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ metadata: { name: 'new' }, data: { a: '1' } });
    expect(listAt(created.json, 'metadata', 'managedFields')).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        time: textAt(created.json, 'metadata', 'creationTimestamp'),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ]);
  });

  it('changes nothing when the same is applied again', async () => {
    const body = configMap({ a: '1' });
    const first = await apply(`${maps}/same`, 'one', body);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5000 });
    onTestFinished(() => void vi.useRealTimers());
    const second = await apply(`${maps}/same`, 'one', body);
    expect(second.json).toEqual(first.json);
  });

  it('removes what its manager applies no longer, unless somebody else owns it too', async () => {
    await apply(`${maps}/less`, 'one', configMap({ a: '1', b: '2', c: '3' }));
    await apply(`${maps}/less`, 'two', configMap({ b: '2' }));
    const { json } = await apply(`${maps}/less`, 'one', configMap({ a: '1' }));
    expect(json.data).toEqual({ a: '1', b: '2' });
    expect(ownedBy(json, 'two')).toEqual({ 'f:data': { 'f:b': {} } });
  });

  it('refuses to change what somebody else owns, in upstream’s words, unless forced', async () => {
    await apply(`${maps}/mine`, 'one', configMap({ a: '1', b: '1' }));
    const refused = await apply(`${maps}/mine`, 'two', configMap({ a: '2' }));
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' },
        ],
      },
    });
    const both = await apply(`${maps}/mine`, 'two', configMap({ a: '2', b: '2' }));
    expect(both.json.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
    const forced = await apply(`${maps}/mine`, 'two', configMap({ a: '2' }), '&force=true');
    expect(forced.json.data).toEqual({ a: '2', b: '1' });
    expect(ownedBy(forced.json, 'one')).toEqual({ 'f:data': { 'f:b': {} } });
  });

  it('gives fields to whoever updates them, and conflicts with that update', async () => {
    await apply(`${maps}/edited`, 'one', configMap({ a: '1' }));
    const patched = await apiserver.send(
      'PATCH',
      `${maps}/edited?fieldManager=editor`,
      { data: { a: '2', z: '9' } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    expect(ownedBy(patched.json, 'editor')).toEqual({ 'f:data': { 'f:a': {}, 'f:z': {} } });
    expect(ownedBy(patched.json, 'one')).toBeUndefined();
    const refused = await apply(`${maps}/edited`, 'one', configMap({ a: '1' }));
    expect(refused.json.message).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using v1: .data.a',
    );
  });

  it('takes what was there before the first apply for somebody else’s', async () => {
    await apiserver.send('POST', maps, configMap({ a: '1' }, { name: 'old' }));
    const refused = await apply(`${maps}/old`, 'one', configMap({ a: '2' }));
    expect(refused.json.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
    const shared = await apply(`${maps}/old`, 'one', configMap({ a: '1', b: '2' }));
    expect(shared.json.data).toEqual({ a: '1', b: '2' });
  });

  it('takes over from kubectl’s client-side apply without a conflict', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(configMap({ a: '1' })),
    };
    await apiserver.send('POST', maps, configMap({ a: '1', b: '1' }, { name: 'up', annotations }));
    expect((await apply(`${maps}/up`, 'kubectl', configMap({ a: '2' }))).json.data).toEqual({
      a: '2',
      b: '1',
    });
    expect((await apply(`${maps}/up`, 'kubectl', configMap({ b: '2' }))).status).toBe(409);
  });

  it('tells the items of a list apart by all their keys', async () => {
    const service = (ports: readonly JsonObject[]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports },
    });
    const dns = { name: 'dns', port: 53, protocol: 'UDP' };
    await apply(`${services}/dns`, 'one', service([dns]));
    const { json } = await apply(`${services}/dns`, 'two', service([{ name: 'tcp', port: 53 }]));
    expect(listAt(json, 'spec', 'ports').map((port) => textAt(port, 'name'))).toEqual([
      'tcp',
      'dns',
    ]);
    expect(ownedBy(json, 'two')).toEqual({
      'f:spec': {
        'f:ports': { 'k:{"port":53,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
      },
    });
    const left = await apply(`${services}/dns`, 'one', service([]));
    expect(listAt(left.json, 'spec', 'ports')).toHaveLength(1);
    const twice = await apply(`${services}/dns`, 'one', service([dns, dns]));
    expect(twice.status).toBe(400);
    expect(twice.json.message).toContain('duplicate entries for key [port=53,protocol="UDP"]');
  });

  it('joins sets, and removes from them only its own values', async () => {
    const withFinalizers = (...finalizers: readonly string[]) => configMap({}, { finalizers });
    await apply(`${maps}/held`, 'one', withFinalizers('example.com/a', 'example.com/b'));
    await apply(`${maps}/held`, 'two', withFinalizers('example.com/c'));
    const { json } = await apply(`${maps}/held`, 'one', withFinalizers('example.com/b'));
    const left = [...listAt(json, 'metadata', 'finalizers')].sort();
    expect(left).toEqual(['example.com/b', 'example.com/c']);
  });

  it('only tries a dry run', async () => {
    const tried = await apply(`${maps}/try`, 'one', configMap({ a: '1' }), '&dryRun=All');
    expect(tried.status).toBe(201);
    expect((await apiserver.send('GET', `${maps}/try`)).status).toBe(404);
  });

  it.each([
    [
      '',
      configMap({}),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'one',
      configMap({}, { managedFields: [{ manager: 'x' }] }),
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'one',
      configMap({}, { name: 'other' }),
      400,
      'the name of the object (other) does not match the name on the URL (bad)',
    ],
    ['one', 'a: [', 400, /^error decoding YAML: /],
  ])(
    'refuses as manager "%s" what is no configuration: %#',
    async (manager, body, status, message) => {
      const refused = await apply(`${maps}/bad`, manager, body);
      expect(refused.status).toBe(status);
      expect(refused.json.message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      );
    },
  );
});

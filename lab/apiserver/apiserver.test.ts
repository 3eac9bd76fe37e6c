import { once } from 'node:events';
import { connect } from 'node:http2';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../index.ts';
import { createTestClient, type TestClient } from '../testing/client.ts';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from './api-object.ts';

let directory: string;
let lab: Lab;
let client: TestClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-lab-'));
  lab = await startLab({ directory });
  client = await createTestClient(lab.kubeconfigPath);
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, rest: JsonObject = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a: '1' },
  ...rest,
});
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The events of a watch that ends by itself. */
async function watchFor(seconds: number, path: string): Promise<readonly JsonObject[]> {
  const { text } = await client.send('GET', `${path}&watch=true&timeoutSeconds=${seconds}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
}

describe('who may ask', () => {
  it('tells nobody more than the version and its health', async () => {
    const nobody = await createTestClient(lab.kubeconfigPath, '');
    expect((await nobody.send('GET', '/version')).json).toMatchObject({ major: '1' });
    expect((await nobody.send('GET', '/readyz')).text).toBe('ok');
    const refused = await nobody.send('GET', '/api/v1/namespaces/default/pods');
    expect(refused.status).toBe(403);
    expect(refused.json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
      reason: 'Forbidden',
      details: { kind: 'pods' },
      code: 403,
    });
  });

  it('answers 401 to a token that it does not know, which is not the same as none', async () => {
    const stranger = await createTestClient(lab.kubeconfigPath, 'wrong');
    const refused = await stranger.send('GET', '/version');
    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ reason: 'Unauthorized', message: 'Unauthorized' });
  });

  it('lets an administrator act as somebody else, and then only as that', async () => {
    const headers = { 'Impersonate-User': 'alice' };
    const refused = await client.send('GET', '/api/v1/nodes/node-1', undefined, headers);
    expect(refused.json).toMatchObject({
      message:
        'nodes "node-1" is forbidden: User "alice" cannot get resource "nodes" in API group "" at the cluster scope',
    });
  });
});

it('speaks HTTP/2 to those who offer it', async () => {
  const session = connect(lab.server, { rejectUnauthorized: false });
  const stream = session.request({ ':path': '/livez' });
  const [headers] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
  expect(headers).toMatchObject({ ':status': 200, 'cache-control': 'no-cache, private' });
  expect(session.alpnProtocol).toBe('h2');
  session.destroy();
});

describe('get and list', () => {
  it('gives what is there in Kubernetes’ order of fields', async () => {
    const { text } = await client.send('GET', '/api/v1/namespaces/default/pods/web-0');
    expect(text).toMatch(/^\{"kind":"Pod","apiVersion":"v1","metadata":\{"name":"web-0"/);
  });

  it('pages through a list without losing or doubling', async () => {
    const names: string[] = [];
    let token = '';
    do {
      const page = await client.send('GET', `/api/v1/pods?limit=4&continue=${token}`);
      names.push(...listAt(page.json, 'items').map((pod) => textAt(pod, 'metadata', 'name')));
      token = textAt(page.json, 'metadata', 'continue');
    } while (token !== '');
    const all = await client.send('GET', '/api/v1/pods');
    expect(names).toEqual(listAt(all.json, 'items').map((pod) => textAt(pod, 'metadata', 'name')));
    expect(names.length).toBeGreaterThan(10);
  });

  it('selects by labels and by fields', async () => {
    const labels = await client.send('GET', '/api/v1/pods?labelSelector=app%3Dweb');
    expect(listAt(labels.json, 'items')).toHaveLength(3);
    const path = '/api/v1/pods?fieldSelector=metadata.namespace%3Ddefault,metadata.name%21%3Dweb-1';
    const fields = await client.send('GET', path);
    const names = listAt(fields.json, 'items').map((pod) => textAt(pod, 'metadata', 'name'));
    expect(names).toEqual(['web-0', 'web-2']);
  });

  it('makes tables with the columns of kubectl', async () => {
    const path = '/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dweb-0';
    const { json } = await client.send('GET', path, undefined, { Accept: tableType });
    const columns = listAt(json, 'columnDefinitions').map((column) => textAt(column, 'name'));
    expect(columns.slice(0, 5)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age']);
    expect(listAt(json, 'rows', 0, 'cells').slice(0, 4)).toEqual(['web-0', '1/1', 'Running', '0']);
    expect(at(json, 'rows', 0, 'object', 'kind')).toBe('PartialObjectMetadata');
  });

  it('indents for people', async () => {
    const curl = await client.send('GET', '/api/v1/nodes', undefined, { 'User-Agent': 'curl/8' });
    expect(curl.text).toMatch(/^\{\n {2}"kind": "NodeList"/);
  });

  it('refuses who takes neither JSON nor YAML', async () => {
    const Accept = 'application/vnd.kubernetes.protobuf';
    const refused = await client.send('GET', '/api/v1/pods', undefined, { Accept });
    expect(refused.json).toMatchObject({ code: 406, reason: 'NotAcceptable' });
    const either = { Accept: `${Accept},application/json` };
    expect((await client.send('GET', '/api/v1/pods', undefined, either)).status).toBe(200);
  });

  it.each([
    ['/nope', 404, '404 page not found\n'],
    ['/apis/nope.example/v1/nothing', 404, '404 page not found\n'],
  ])('answers %s as Go does', async (path, status, text) => {
    const answer = await client.send('GET', path);
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('a path below what is served', () => {
  it.each(['/api/v1/nothing', '/api/v1/pods/web', '/api/v1/namespaces/default/configmaps/a/proxy'])(
    'is told from a path that is not: %s',
    async (path) => {
      const answer = await client.send('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
        details: {},
      });
    },
  );
});

describe('watch', () => {
  it('goes on from a revision, and follows objects into and out of a selection', async () => {
    const created = await client.send('POST', configMaps, configMap('watched'));
    const version = textAt(created.json, 'metadata', 'resourceVersion');
    const path = `${configMaps}?labelSelector=seen&resourceVersion=${version}`;
    const events = watchFor(1, path);
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const one = `${configMaps}/watched`;
    await client.send('PATCH', one, { metadata: { labels: { seen: '' } } }, merge);
    await client.send('PATCH', one, { data: { a: '2' } }, merge);
    await client.send('PATCH', one, { metadata: { labels: { seen: null } } }, merge);
    await client.send('DELETE', one);
    expect((await events).map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('marks the end of what was there, for those who ask', async () => {
    const { json } = await client.send('GET', '/api/v1/nodes');
    const events = await watchFor(
      3,
      '/api/v1/nodes?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    const end = events.findIndex(({ type }) => type === 'BOOKMARK');
    expect(events[end]).toMatchObject({
      object: { kind: 'Node', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    const told = events.slice(0, end).map((event) => textAt(event, 'object', 'metadata', 'name'));
    const names = listAt(json, 'items').map((node) => textAt(node, 'metadata', 'name'));
    expect(new Set(told)).toEqual(new Set(names));
  });
});

describe('writes', () => {
  it('create, refuse a second one, update, refuse a stale one, delete', async () => {
    const created = await client.send('POST', configMaps, configMap('written'));
    expect(created.status).toBe(201);
    const again = await client.send('POST', configMaps, configMap('written'));
    expect(again.json).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "written" already exists',
    });
    const changed = await client.send('PUT', `${configMaps}/written`, {
      ...created.json,
      data: { a: '2' },
    });
    expect(changed.status).toBe(200);
    const stale = await client.send('PUT', `${configMaps}/written`, created.json);
    expect(stale.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "written": the object has been modified; please apply your changes to the latest version and try again',
    });
    const deleted = await client.send('DELETE', `${configMaps}/written`);
    expect(deleted.json).toMatchObject({ status: 'Success', details: { kind: 'configmaps' } });
    expect((await client.send('GET', `${configMaps}/written`)).status).toBe(404);
  });

  it('only try what is a dry run', async () => {
    const tried = await client.send('POST', `${configMaps}?dryRun=All`, configMap('tried'));
    expect(tried.status).toBe(201);
    expect((await client.send('GET', `${configMaps}/tried`)).status).toBe(404);
  });

  it('make a name from a prefix', async () => {
    const path = `${configMaps}?dryRun=All`;
    const named = await client.send('POST', path, { metadata: { generateName: 'some-' } });
    expect(textAt(named.json, 'metadata', 'name')).toMatch(/^some-[a-z0-9]{5}$/);
  });

  it('refuse what is invalid, and say where', async () => {
    const pod = { metadata: { name: 'Bad_Name' }, spec: { containers: [{ name: 'a' }] } };
    const refused = await client.send('POST', '/api/v1/namespaces/default/pods', pod);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      reason: 'Invalid',
      details: {
        kind: 'Pod',
        causes: [
          { reason: 'FieldValueInvalid', field: 'metadata.name' },
          {
            reason: 'FieldValueRequired',
            field: 'spec.containers[0].image',
            message: 'Required value',
          },
        ],
      },
    });
  });

  it('refuse or report unknown fields, as the client asks', async () => {
    const unknown = configMap('unknown', { colour: 'red' });
    const path = `${configMaps}?dryRun=All`;
    const strict = await client.send('POST', `${path}&fieldValidation=Strict`, unknown);
    expect(strict.json).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"',
    });
    const warned = await client.send('POST', path, unknown);
    expect(warned.headers.warning).toBe('299 - "unknown field \\"colour\\""');
  });

  it('keep the status and the rest apart', async () => {
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const path = '/apis/apps/v1/namespaces/shop/deployments/front';
    const patch = { spec: { replicas: 5 }, status: { replicas: 9 } };
    const main = await client.send('PATCH', path, patch, merge);
    expect(main.json).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 2 } });
    expect(at(main.json, 'metadata', 'generation')).toBe(2);
    const status = await client.send('PATCH', `${path}/status`, { ...patch, spec: {} }, merge);
    expect(status.json).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 9 } });
  });

  it.each([
    ['application/apply-patch+yaml', 422],
    ['application/vnd.kubernetes.protobuf', 415],
  ])('refuse patches of the type %s', async (type, status) => {
    const path = `${configMaps}/web-settings`;
    expect((await client.send('PATCH', path, '{}', { 'Content-Type': type })).status).toBe(status);
  });

  it('refuse bodies that are too long or no JSON, and methods that are none', async () => {
    const long = await client.send('POST', configMaps, 'x'.repeat(3 * 1024 * 1024 + 1));
    expect(long.json).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
    const broken = await client.send('POST', configMaps, '{');
    expect(broken.json).toMatchObject({ code: 400, reason: 'BadRequest' });
    const method = await client.send('PUT', configMaps, configMap('x'));
    expect(method.json).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
  });
});

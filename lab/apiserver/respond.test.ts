import { gunzipSync } from 'node:zlib';
import { get } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestApiserver, type TestApiserver } from '../testing/apiserver.ts';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import { at, listAt, textAt } from './api-object.ts';

let apiserver: TestApiserver;
beforeAll(async () => {
  apiserver = await startTestApiserver();
  for (const name of ['one', 'two', 'three']) {
    await apiserver.send('POST', maps, {
      metadata: { name, labels: { all: 'yes' } },
      data: { a: '1' },
    });
  }
});
afterAll(() => apiserver[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';
const accept = (value: string) => ({ Accept: value });
const read = (path: string, value: string) => apiserver.send('GET', path, undefined, accept(value));

it('answers in YAML to whoever asks for it first', async () => {
  const { headers, text } = await read(`${maps}/one`, 'application/yaml, application/json');
  expect(headers['content-type']).toBe('application/yaml');
  expect(text).toContain('\n  labels:\n    all: "yes"\n');
  expect(parse(text)).toMatchObject({ kind: 'ConfigMap', data: { a: '1' } });
  const json = await read(`${maps}/one`, 'text/html, application/json, application/yaml');
  expect(json.headers['content-type']).toBe('application/json');
});

it('indents for people', async () => {
  expect((await apiserver.send('GET', `${maps}/one?pretty=true`)).text).toContain('\n  "kind"');
  expect((await apiserver.send('GET', `${maps}/one`)).text).not.toContain('\n  ');
});

it('compresses what is large, for whoever takes gzip', async () => {
  const { port } = apiserver;
  const headers = { Authorization: 'Bearer admin', 'Accept-Encoding': 'gzip' };
  const { promise, resolve } = Promise.withResolvers<{ encoding: unknown; bytes: Buffer }>();
  const options = {
    host: '127.0.0.1',
    port,
    path: '/openapi/v2',
    headers,
    rejectUnauthorized: false,
  };
  get(options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) });
    });
  });
  const { encoding, bytes } = await promise;
  expect(encoding).toBe('gzip');
  expect(gunzipSync(bytes).toString()).toMatch(/^\{"swagger":"2\.0"/);
});

it('says that a document has not changed', async () => {
  const { headers } = await apiserver.send('GET', '/openapi/v2');
  const etag = String(headers.etag);
  const again = await apiserver.send('GET', '/openapi/v2', undefined, { 'If-None-Match': etag });
  expect([again.status, again.text]).toEqual([304, '']);
});

it('gives only metadata where only that is asked for', async () => {
  const type = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
  const one = await read(`${maps}/one`, `${type}, application/json`);
  expect(Object.keys(one.json)).toEqual(['kind', 'apiVersion', 'metadata']);
  expect(one.json).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
  const all = await read(`${maps}?labelSelector=all`, type.replace('Metadata', 'MetadataList'));
  expect(all.json.kind).toBe('PartialObjectMetadataList');
  expect(listAt(all.json, 'items').map((item) => Object.keys(item as JsonObject))).toEqual(
    Array.from({ length: 3 }, () => ['kind', 'apiVersion', 'metadata']),
  );
  const watched = await read(`${maps}?labelSelector=all&watch=1&timeoutSeconds=1`, type);
  expect(watched.status).toBe(200);
});

it('gives a table page by page', async () => {
  const type = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const path = `${maps}?labelSelector=all&limit=2`;
  const first = (await read(path, type)).json;
  const token = textAt(first, 'metadata', 'continue');
  const second = (await read(`${path}&continue=${token}`, type)).json;
  const names = [first, second].map((table) =>
    listAt(table, 'rows').map((row) => at(row, 'cells', 0)),
  );
  expect(names).toEqual([['one', 'three'], ['two']]);
});

it('tells of subresources whose kind is of another group', async () => {
  const old = (await apiserver.send('GET', '/apis/apps/v1')).json;
  const scale = listAt(old, 'resources').find((one) => textAt(one, 'name') === 'deployments/scale');
  expect(scale).toMatchObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' });
  const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const { json } = await read('/apis', type);
  const apps = listAt(json, 'items').find((one) => textAt(one, 'metadata', 'name') === 'apps');
  const [deployments] = listAt(apps, 'versions', 0, 'resources');
  expect(listAt(deployments, 'subresources')[0]).toMatchObject({
    subresource: 'scale',
    responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  });
});

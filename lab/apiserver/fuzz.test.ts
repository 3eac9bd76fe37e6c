import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApiserver, type TestApiserver } from '../testing/apiserver.ts';
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import { isObject } from './api-object.ts';
import { resourceTable } from './resource-table.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import type { Scalar, TypeExpression } from './schema/declare.ts';
import { typeNamed } from './schema/types.ts';

const requests = 10_000;
const together = 25;

let apiserver: TestApiserver;

beforeAll(async () => {
  apiserver = await startTestApiserver(together);
  await apiserver.send('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } });
});
afterAll(() => apiserver[Symbol.asyncDispose]());

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

it('answers ten thousand wild requests, each with less than 500 or with a Status', async () => {
  await play(requests / 2);
  const before = heapUsed();
  await play(requests / 2);
  expect(heapUsed() - before).toBeLessThan(40 * 1024 * 1024);
  const ready = await send({ method: 'GET', target: '/readyz', headers: {}, body: undefined });
  expect(ready).toMatchObject({ status: 200, text: 'ok' });
}, 60_000);

async function play(count: number): Promise<void> {
  const batch = fc.array(wildRequest, { minLength: together, maxLength: together });
  const property = fc.asyncProperty(batch, async (all) => {
    const answers = await Promise.all(all.map(send));
    for (const [index, { status, text }] of answers.entries()) {
      if (status < 500) continue;
      // What answers HEAD has no body: its status alone tells.
      const isHead = all[index]?.method === 'HEAD';
      const isStatus = isHead ? status !== 500 : /"kind": ?"Status"|^kind: Status/.test(text);
      const isUnexpected = !isStatus || text.includes('InternalError');
      expect(isUnexpected ? { sent: all[index], status, text } : undefined).toBeUndefined();
    }
  });
  await fc.assert(property, { numRuns: count / together, endOnFailure: true });
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

function send({ method, target, headers, body }: Sent) {
  return apiserver.send(method, target, body, headers);
}

const scalarValues: Readonly<Record<Scalar, fc.Arbitrary<Json>>> = {
  string: fc.oneof(
    fc.constantFrom('', 'a', 'default', 'ClusterIP', 'TCP', '10.96.0.7', 'Always', '☃', 'A_b'),
    fc.string({ maxLength: 80 }),
  ),
  int: fc.oneof(fc.constantFrom(-1, 0, 1, 80, 65536, 2 ** 31), fc.integer()),
  long: fc.constantFrom(-1, 0, 30, 2 ** 53, 1e300),
  bool: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  quantity: fc.constantFrom('100m', '1Gi', '', '-1', 'x', 3),
  intOrString: fc.constantFrom('http', 80, -1, '', '25%'),
  time: fc.constantFrom('2026-01-01T00:00:00Z', 'yesterday', ''),
  microTime: fc.constantFrom('2026-01-01T00:00:00.000000Z', ''),
  bytes: fc.constantFrom('YQ==', '%', ''),
  any: fc.anything({ maxDepth: 2, withBigInt: false }).map(toJson),
};

const wrong: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, [], {}, '', 0, -1, true, [null], { a: [] }, '__proto__', 1e308),
  fc.anything({ maxDepth: 2 }).map(toJson),
);

function toJson(value: unknown): Json {
  try {
    const [json = null] = JSON.parse(JSON.stringify([value])) as readonly Json[];
    return json;
  } catch {
    return null;
  }
}

/** A value of a type of the API, now and then another. */
function valueOf(type: TypeExpression, depth: number): fc.Arbitrary<Json> {
  return fc.oneof({ arbitrary: properValueOf(type, depth), weight: 60 }, wrong);
}

function properValueOf(type: TypeExpression, depth: number): fc.Arbitrary<Json> {
  switch (type.is) {
    case 'scalar':
      return scalarValues[type.scalar];
    case 'list':
      return fc.array(valueOf(type.of, depth), { maxLength: 3 });
    case 'map':
      return fc.dictionary(
        fc.constantFrom('a', 'b', 'constructor', 'kubernetes.io/x', ''),
        valueOf(type.of, depth),
        { maxKeys: 3 },
      );
    case 'reference':
      return depth > 4 ? fc.constant({}) : structOf(type.type, depth + 1);
  }
}

const structs = new Map<string, fc.Arbitrary<Json>>();

function structOf(name: string, depth: number): fc.Arbitrary<Json> {
  const key = `${name} ${depth}`;
  const found = structs.get(key);
  if (found) return found;
  const fields = [...typeNamed(name).fields.values()];
  const made = fc.record(
    Object.fromEntries(fields.map((field) => [field.name, valueOf(field.type, depth)])),
    { requiredKeys: fields.filter((field) => field.isRequired).map((field) => field.name) },
  );
  structs.set(key, made);
  return made;
}

const name = fc.oneof(
  { arbitrary: fc.constantFrom('default', 'fuzz', 'a', 'b'), weight: 6 },
  fc.constantFrom('web', 'kube-system', 'Not_A_Name', '%00', 'a%2Fb', '..'),
);
const table = fc.constantFrom(...resourceTable);

function objectOf(resource: Resource): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(structOf(resource.schema, 0), name, fc.boolean(), fc.boolean())
    .map(([object, objectName, isNamed, isTyped]) => ({
      ...(isObject(object) ? object : {}),
      ...(isTyped ? { apiVersion: apiVersionOf(resource), kind: resource.kind } : {}),
      ...(isNamed ? { metadata: { name: objectName } } : {}),
    }));
}

const texts = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '"',
    '{"a":1,"a":2}',
    '['.repeat(2000),
    'a: &a [*a, *a]',
    'k8s\0\x0a\x05',
  ),
  fc.constant(`{"data":${'['.repeat(5000)}${']'.repeat(5000)}}`),
  fc.string(),
);

const patches = fc.oneof(
  texts,
  fc
    .array(
      fc.record({
        op: fc.constantFrom('add', 'remove', 'test', 'move', 'x'),
        path: fc.constantFrom('/spec', '/metadata/labels/a', '', '/a/b/c', 'x'),
        from: fc.constantFrom('/spec', ''),
        value: wrong,
      }),
    )
    .map((value) => JSON.stringify(value)),
);

const patchTypes = fc.constantFrom(
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
);

const mediaTypes = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  'constructor',
  '',
);

const accepted = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'application/vnd.kubernetes.protobuf,*/*',
);

const strangeHeaders = fc.record(
  {
    Accept: fc.constantFrom('text/html', ';;', 'application/vnd.kubernetes.protobuf', ''),
    'Content-Type': fc.oneof(mediaTypes, patchTypes),
    'Accept-Encoding': fc.constantFrom('gzip', '*', 'br'),
    'If-None-Match': fc.constantFrom('*', '"a"', ''),
    'Impersonate-User': fc.constantFrom('alice', '', 'system:admin'),
  },
  { requiredKeys: [] },
);

/** Mostly what a client would send, so that requests come as far as the handlers. */
function headersFor(method: string): fc.Arbitrary<Readonly<Record<string, string>>> {
  const usual = fc.record({
    Accept: accepted,
    'Content-Type': method === 'PATCH' ? patchTypes : fc.constant('application/json'),
    'User-Agent': fc.constantFrom('curl/8', 'kubectl'),
  });
  const strange = fc.tuple(usual, strangeHeaders).map(([one, other]) => ({ ...one, ...other }));
  return fc.oneof({ arbitrary: usual, weight: 9 }, strange);
}

const query = fc
  .dictionary(
    fc.constantFrom(
      'limit',
      'continue',
      'labelSelector',
      'fieldSelector',
      'resourceVersion',
      'resourceVersionMatch',
      'watch',
      'timeoutSeconds',
      'sendInitialEvents',
      'allowWatchBookmarks',
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
      'pretty',
      'includeObject',
      'gracePeriodSeconds',
      'propagationPolicy',
      'x',
    ),
    fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '1',
        'true',
        '-1',
        '9999999999999999999',
        'All',
        'Strict',
        'Exact',
        'NotOlderThan',
        'a=b',
        'a in (b',
        'metadata.name=a',
        'constructor',
        'Background',
        'Object',
      ),
      fc.string({ maxLength: 20 }),
    ),
    { maxKeys: 3 },
  )
  .map((parameters) => {
    const search = new URLSearchParams(Object.entries(parameters)).toString();
    return search === '' ? '' : `?${search}`;
  });

/** Subresources that would make the apiserver call somebody are left out: the test sends nothing away. */
const subresources = fc.constantFrom(
  '',
  '',
  '',
  '',
  'status',
  'scale',
  'finalize',
  'token',
  'eviction',
  'binding',
  'x',
);

/** Paths that are none of a resource, and some that are hardly paths. */
const otherTargets = fc.oneof(
  fc.constantFrom(
    '/',
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/x',
    '/version',
    '/healthz',
    '/metrics',
    '/logs',
    '/api/v1/watch/pods',
    '/apis/constructor/v1/x',
    '/%',
    '//',
    '/api/v1/namespaces/a/b/c/d/e',
  ),
  fc.string().map((text) => `/${encodeURI(text.toWellFormed())}`),
  fc.stringMatching(/^\/[!-~]{0,40}$/),
);

const wildRequest: fc.Arbitrary<Sent> = fc
  .tuple(
    table,
    fc.constantFrom(
      ...[
        'GET',
        'GET',
        'GET',
        'POST',
        'POST',
        'POST',
        'PUT',
        'PUT',
        'PUT',
        'PATCH',
        'PATCH',
        'PATCH',
      ],
      ...['DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'],
    ),
  )
  .chain(([resource, method]) =>
    fc
      .record({
        namespace: name,
        name: fc.oneof({ arbitrary: name, weight: 4 }, fc.constant('')),
        subresource: subresources,
        other: fc.oneof({ arbitrary: fc.constant(undefined), weight: 6 }, otherTargets),
        query: fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, query),
        headers: headersFor(method),
        body: bodyFor(method, resource),
      })
      .map((parts) => ({
        method,
        target: (parts.other ?? targetOf(resource, method, parts)) + parts.query,
        headers: parts.headers,
        body: parts.body,
      })),
  );

function bodyFor(method: string, resource: Resource): fc.Arbitrary<string | undefined> {
  if (!['POST', 'PUT', 'PATCH'].includes(method))
    return fc.oneof({ arbitrary: fc.constant(undefined), weight: 9 }, texts);
  const whole = objectOf(resource).map((object) => JSON.stringify(object));
  return fc.oneof({ arbitrary: whole, weight: 4 }, method === 'PATCH' ? patches : texts);
}

function targetOf(
  resource: Resource,
  method: string,
  parts: { readonly namespace: string; readonly name: string; readonly subresource: string },
): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const base = `${root}${namespaced ? `/namespaces/${parts.namespace}` : ''}/${plural}`;
  if (method === 'POST' || parts.name === '') return base;
  return `${base}/${parts.name}${parts.subresource === '' ? '' : `/${parts.subresource}`}`;
}

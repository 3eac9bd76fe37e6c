import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiserver, type TestApiserver } from '../testing/apiserver.ts';

let apiserver: TestApiserver;
beforeAll(async () => {
  apiserver = await startTestApiserver();
  await apiserver.send('POST', maps, { metadata: { name: 'there' }, data: { a: '1' } });
});
afterAll(() => apiserver[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';
const named = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}';
const mediaTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const yaml = { 'Content-Type': 'application/yaml' };
const protobuf = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };

describe('a bad request is answered with a Status', () => {
  it.each<
    readonly [string, string, string, string, Record<string, string>, number, string | RegExp]
  >([
    [
      'JSON that ends early',
      'POST',
      maps,
      '{',
      {},
      400,
      /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: /,
    ],
    ['JSON that is no object', 'POST', maps, '[]', {}, 400, /couldn't get version\/kind$/],
    ['YAML that is none', 'POST', maps, 'a: [', yaml, 400, /json parse error/],
    [
      'YAML that grows without end',
      'POST',
      maps,
      `a: &a [x]\n${'bcdefghi'.replace(/./g, (key, index: number) => `${key}: &${key} [${`*${'abcdefgh'[index]},`.repeat(9)}]\n`)}`,
      yaml,
      400,
      /alias/,
    ],
    ['protobuf that is none', 'POST', maps, 'k8s', protobuf, 400, /does not start with/],
    [
      'a body of another type',
      'POST',
      maps,
      'x',
      { 'Content-Type': 'text/plain' },
      415,
      `the body of the request was in an unknown format - accepted media types include: ${mediaTypes}`,
    ],
    [
      'a patch of another type',
      'PATCH',
      `${maps}/there`,
      '{}',
      {},
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
    ],
    [
      'another kind',
      'POST',
      maps,
      '{"apiVersion":"v1","kind":"Pod"}',
      {},
      400,
      /^Pod in version "v1" cannot be handled as a ConfigMap/,
    ],
    [
      'another version',
      'POST',
      maps,
      '{"apiVersion":"v2","kind":"ConfigMap"}',
      {},
      400,
      'the API version in the data (v2) does not match the expected API version (v1)',
    ],
    [
      'a field of another type',
      'POST',
      maps,
      `${named},"data":[]}`,
      {},
      400,
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal array into Go struct field ConfigMap\.data of type map\[string\]string$/,
    ],
    [
      'unknown fields, strictly',
      'POST',
      `${maps}?fieldValidation=Strict`,
      `${named},"spec":1}`,
      {},
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "spec"',
    ],
    [
      'fields twice, strictly',
      'POST',
      `${maps}?fieldValidation=Strict`,
      `${named},"data":{"a":"1","a":"2"}}`,
      {},
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    ],
    [
      'keys twice, in YAML',
      'POST',
      `${maps}?fieldValidation=Strict`,
      'data:\n  a: "1"\n  a: "2"\n',
      yaml,
      400,
      /strict decoding error: yaml: unmarshal errors:\n {2}line 3: key "a" already set in map$/,
    ],
    [
      'an unknown validation',
      'POST',
      `${maps}?fieldValidation=Maybe`,
      '{}',
      {},
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: "Ignore", "Strict", "Warn"',
    ],
    [
      'too deep',
      'POST',
      maps,
      `{"data":${'['.repeat(1001)}${']'.repeat(1001)}}`,
      {},
      400,
      /exceeded max depth$/,
    ],
    [
      'too long',
      'POST',
      maps,
      'x'.repeat(3 * 1024 * 1024 + 1),
      {},
      413,
      'Request entity too large: limit is 3145728',
    ],
    [
      'a name that is none',
      'POST',
      maps,
      '{"metadata":{"name":"A_b"}}',
      {},
      422,
      /^ConfigMap "A_b" is invalid: metadata\.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain/,
    ],
    [
      'no name',
      'POST',
      maps,
      '{}',
      {},
      422,
      /metadata\.name: Required value: name or generateName is required$/,
    ],
    [
      'an old version',
      'PUT',
      `${maps}/there`,
      '{"metadata":{"name":"there","resourceVersion":"1"}}',
      {},
      409,
      'Operation cannot be fulfilled on configmaps "there": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      'a name twice',
      'POST',
      maps,
      '{"metadata":{"name":"there"}}',
      {},
      409,
      'configmaps "there" already exists',
    ],
    [
      'a label selector',
      'GET',
      `${maps}?labelSelector=a%20in`,
      '',
      {},
      400,
      /^unable to parse requirement/,
    ],
    [
      'a field selector',
      'GET',
      `${maps}?fieldSelector=constructor%3D1`,
      '',
      {},
      400,
      'field label not supported: constructor',
    ],
    [
      'a limit',
      'GET',
      `${maps}?limit=many`,
      '',
      {},
      400,
      'strconv.ParseInt: parsing "many": invalid syntax',
    ],
    ['a continue token', 'GET', `${maps}?continue=x`, '', {}, 400, /^continue key is not valid/],
    [
      'a pointer of a JSON patch',
      'PATCH',
      `${maps}/there`,
      '[{"op":"add","path":"x","value":1}]',
      { 'Content-Type': 'application/json-patch+json' },
      422,
      'the server rejected our request due to an error in our request',
    ],
    [
      'force without apply',
      'PATCH',
      `${maps}/there?force=true`,
      '{}',
      { 'Content-Type': 'application/merge-patch+json' },
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    ],
    [
      'a method for a name',
      'POST',
      `${maps}/there`,
      '{}',
      {},
      405,
      'the server does not allow this method on the requested resource',
    ],
    [
      'a method of its own',
      'PROPFIND',
      maps,
      '',
      {},
      405,
      'the server does not allow this method on the requested resource',
    ],
    [
      'OPTIONS',
      'OPTIONS',
      maps,
      '',
      {},
      405,
      'the server does not allow this method on the requested resource',
    ],
  ])('%s', async (_what, method, target, body, headers, status, message) => {
    const { json } = await apiserver.send(method, target, body, headers);
    expect(json).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
    });
    if (typeof message === 'string') expect(json.message).toBe(message);
    else expect(json.message).toMatch(message);
  });
});

it('warns of fields that it does not know or finds twice, whatever their letters', async () => {
  const body = `${named},"данные":1,"data":{"a":"1","a":"2"}}`;
  const { status, headers } = await apiserver.send('POST', `${maps}?dryRun=All`, body);
  expect(status).toBe(201);
  expect(Buffer.from(String(headers.warning), 'latin1').toString()).toBe(
    '299 - "duplicate field \\"data.a\\"", 299 - "unknown field \\"данные\\""',
  );
  const ignored = await apiserver.send('POST', `${maps}?dryRun=All&fieldValidation=Ignore`, body);
  expect(ignored.headers.warning).toBeUndefined();
});

it('bounds its warnings', async () => {
  const fields = Array.from({ length: 5000 }, (_, index) => `"unknown${index}":1`).join(',');
  const strict = `${maps}?dryRun=All&fieldValidation=Strict`;
  const { text } = await apiserver.send('POST', strict, `${named},${fields}}`);
  expect(text.match(/unknown field/g)).toHaveLength(100);
  const { headers } = await apiserver.send('POST', `${maps}?dryRun=All`, `${named},${fields}}`);
  expect(String(headers.warning).length).toBeLessThan(8000);
});

it('answers a HEAD like a GET without its body', async () => {
  const { status, text, headers } = await apiserver.send('HEAD', `${maps}/there`);
  expect({ status, text }).toEqual({ status: 200, text: '' });
  expect(Number(headers['content-length'])).toBeGreaterThan(50);
});

/** What comes back for these bytes, until the connection ends. */
async function sendBytes(bytes: string, isPlain = false): Promise<string> {
  const { port } = apiserver;
  const socket = isPlain
    ? connect(port, '127.0.0.1')
    : connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  socket.end(bytes);
  await once(socket, 'close');
  return answer;
}

const head = `POST ${maps} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\n`;

describe('bytes that are no proper request', () => {
  it('HTTP on the HTTPS port is told so', async () => {
    expect(await sendBytes('GET / HTTP/1.1\r\nHost: x\r\n\r\n', true)).toBe(
      'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
    );
  });

  it.each([
    ['a line that is no request', 'what\r\n\r\n'],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`],
    ['a length that is none', `${head}Content-Length: -1\r\n\r\n`],
    ['a chunk that is none', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    [
      'a length and chunks',
      `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
  ])('%s is answered 400', async (_what, bytes) => {
    expect(await sendBytes(bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('a body shorter than it said ends its request, and nothing else', async () => {
    await sendBytes(`${head}Content-Length: 100\r\n\r\n{`);
    expect((await apiserver.send('GET', '/readyz')).text).toBe('ok');
  });
});

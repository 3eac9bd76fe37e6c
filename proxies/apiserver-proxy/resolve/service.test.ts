/** Rows of TestServiceRegistryResourceLocation, and recorded cases of the groups 01-errors and 02-naming. */
import { describe, expect, it } from 'vitest';
import type { EndpointSubset } from '../lookup.ts';
import { resolve } from './resolve.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { optionsFor, podAt, type Objects } from './testing/objects.ts';

async function locate(id: string, options: ResolveOptions, namespace = 'default') {
  const found = await resolve({ resource: 'services', namespace, id }, options);
  return `${found.scheme}://${found.host}:${found.port}`;
}

const target = (pod: string, ip: string) => ({
  ip,
  targetRef: { kind: 'Pod', namespace: 'default', name: pod },
});

describe("upstream's table of Services", () => {
  const unnamed = { spec: { ports: [{ port: 93 }] } };
  const options = optionsFor({
    pods: {
      one: podAt('1.2.3.4'),
      two: podAt('1.2.3.5'),
      three: podAt('1.2.3.6'),
    },
    services: {
      unnamed,
      unnamed2: unnamed,
      'no-endpoints': unnamed,
      named: {
        spec: {
          ports: [
            { name: 'p', port: 93 },
            { name: 'q', port: 76 },
          ],
        },
      },
    },
    endpoints: {
      unnamed: [{ addresses: [target('one', '1.2.3.4')], ports: [{ port: 80 }] }],
      unnamed2: [{ addresses: [target('two', '1.2.3.5')], ports: [{ port: 80 }] }],
      named: [
        {
          addresses: [target('three', '1.2.3.6')],
          ports: [
            { name: 'p', port: 80 },
            { name: 'q', port: 81 },
          ],
        },
      ],
      'no-endpoints': [],
    },
  });

  it.each([
    ['unnamed', 'http://1.2.3.4:80'],
    ['unnamed:', 'http://1.2.3.4:80'],
    ['unnamed:93', 'http://1.2.3.4:80'],
    ['http:unnamed:', 'http://1.2.3.4:80'],
    ['http:unnamed:93', 'http://1.2.3.4:80'],
    ['https:unnamed:93', 'https://1.2.3.4:80'],
    ['unnamed2', 'http://1.2.3.5:80'],
    ['named:p', 'http://1.2.3.6:80'],
    ['named:93', 'http://1.2.3.6:80'],
    ['named:q', 'http://1.2.3.6:81'],
    ['named:76', 'http://1.2.3.6:81'],
    ['http:named:p', 'http://1.2.3.6:80'],
    ['http:named:q', 'http://1.2.3.6:81'],
  ])('%s is at %s', async (id, url) => {
    expect(await locate(id, options)).toBe(url);
  });

  it.each([
    ['unnamed:80', 503, 'no service port 80 found for service "unnamed"'],
    ['http:unnamed:80', 503, 'no service port 80 found for service "unnamed"'],
    ['named:bad', 503, 'no endpoints available for service "named:bad"'],
    ['no-endpoints', 503, 'no endpoints available for service "no-endpoints"'],
    ['non-existent', 404, 'services "non-existent" not found'],
  ])('%s is nowhere: %i %s', async (id, code, message) => {
    await expect(locate(id, options)).rejects.toMatchObject({ code, message });
  });
});

const ready = (...addresses: EndpointSubset['addresses'] & {}): EndpointSubset => ({
  addresses,
  ports: [{ port: 80 }],
});

const port80 = { spec: { ports: [{ port: 80 }] } };
const atA = target('pod-a', '10.244.77.10');

const recorded: Objects = {
  pods: { 'pod-a': podAt('10.244.77.10', [80]), 'pod-b': podAt('10.244.77.11', [8080]) },
  services: {
    web: {
      spec: {
        ports: [
          { name: 'http', port: 80 },
          { name: 'alt', port: 8888 },
          { name: 'tls', port: 443 },
        ],
      },
    },
    single: port80,
    singlenamed: { spec: { ports: [{ name: 'main', port: 81 }] } },
    secure: { spec: { ports: [{ name: 'https', port: 443 }] } },
    multi: port80,
    noep: port80,
    emptyep: port80,
    notready: port80,
    extname: { spec: {} },
    noref: port80,
    mismatch: port80,
  },
  endpoints: {
    web: [
      {
        addresses: [atA],
        ports: [
          { name: 'http', port: 80 },
          { name: 'alt', port: 8080 },
          { name: 'tls', port: 443 },
        ],
      },
    ],
    single: [{ addresses: [atA], ports: [{ port: 8080 }] }],
    singlenamed: [{ addresses: [atA], ports: [{ name: 'main', port: 8080 }] }],
    secure: [{ addresses: [atA], ports: [{ name: 'https', port: 443 }] }],
    multi: [ready(atA, target('pod-b', '10.244.77.11'))],
    emptyep: [],
    notready: [{ ports: [{ port: 80 }] }],
    noref: [ready({ ip: '10.244.77.10' })],
    mismatch: [ready(target('pod-a', '10.244.77.11'))],
  },
};

describe('the names of Services, as recorded', () => {
  it.each([
    ['single:80', 'http://10.244.77.10:8080'],
    ['single:', 'http://10.244.77.10:8080'],
    ['singlenamed:main', 'http://10.244.77.10:8080'],
    ['singlenamed:81', 'http://10.244.77.10:8080'],
    ['web:8888', 'http://10.244.77.10:8080'],
    ['http:web:http', 'http://10.244.77.10:80'],
    ['https:secure:443', 'https://10.244.77.10:443'],
    ['https:web:tls', 'https://10.244.77.10:443'],
  ])('%s is at %s', async (id, url) => {
    expect(await locate(id, optionsFor(recorded))).toBe(url);
  });

  it.each([
    ['nosuch', 404, 'services "nosuch" not found'],
    ['nosuch:80', 404, 'services "nosuch" not found'],
    ['noep', 404, 'services "noep" not found'],
    ['extname', 404, 'services "extname" not found'],
    ['https:secure', 404, 'services "https" not found'],
    ['Not_Valid!', 404, 'services "Not_Valid!" not found'],
    ['emptyep', 503, 'no endpoints available for service "emptyep"'],
    ['http:emptyep:80', 503, 'no endpoints available for service "emptyep"'],
    ['notready', 503, 'no endpoints available for service "notready"'],
    ['noref', 503, 'no endpoints available for service "noref"'],
    ['mismatch', 503, 'no endpoints available for service "mismatch"'],
    ['singlenamed', 503, 'no endpoints available for service "singlenamed"'],
    ['web', 503, 'no endpoints available for service "web"'],
    ['web:nosuchport', 503, 'no endpoints available for service "web:nosuchport"'],
    ['web:9999', 503, 'no service port 9999 found for service "web"'],
    ['web:99999', 503, 'no service port 99999 found for service "web"'],
    ['https:secure:', 503, 'no endpoints available for service "https:secure:"'],
    ['ftp:web:http', 400, 'invalid service request "ftp:web:http"'],
    ['http:web:http:x', 400, 'invalid service request "http:web:http:x"'],
    [':http', 400, 'invalid service request ":http"'],
  ])('%s: %i %s', async (id, code, message) => {
    await expect(locate(id, optionsFor(recorded))).rejects.toMatchObject({ code, message });
  });

  it('says what is not found, as recorded', async () => {
    await expect(locate('nosuch', optionsFor(recorded))).rejects.toMatchObject({
      reason: 'NotFound',
      details: { name: 'nosuch', kind: 'services' },
    });
  });

  it('is looked for in the namespace of the path alone', async () => {
    await expect(locate('web:http', optionsFor(recorded), 'nosuchns')).rejects.toMatchObject({
      code: 404,
      message: 'services "web" not found',
    });
  });
});

describe('a number in place of a port name', () => {
  it.each([
    ['single:+80', 'http://10.244.77.10:8080'],
    ['single:0080', 'http://10.244.77.10:8080'],
  ])('is read as Go reads it: %s', async (id, url) => {
    expect(await locate(id, optionsFor(recorded))).toBe(url);
  });

  it.each([
    ['single:-80', 'no service port -80 found for service "single"'],
    ['single:0', 'no service port 0 found for service "single"'],
    ['single:65536', 'no service port 65536 found for service "single"'],
    [
      'single:9223372036854775807',
      'no service port 9223372036854775807 found for service "single"',
    ],
    [
      'single:9223372036854775808',
      'no endpoints available for service "single:9223372036854775808"',
    ],
    ['single:1e3', 'no endpoints available for service "single:1e3"'],
    ['single:0x50', 'no endpoints available for service "single:0x50"'],
    ['single:８０', 'no endpoints available for service "single:８０"'],
    ['single: 80', 'no endpoints available for service "single: 80"'],
  ])('is a name where it is none: %s', async (id, message) => {
    await expect(locate(id, optionsFor(recorded))).rejects.toMatchObject({ code: 503, message });
  });
});

describe('the endpoint of a Service', () => {
  const b = target('pod-b', '10.244.77.11');

  it('is drawn by chance, each as often as the others', async () => {
    const drawn = { 'http://10.244.77.10:80': 0, 'http://10.244.77.11:80': 0 };
    for (let draw = 0; draw < 1000; draw += 1) {
      const random = () => (draw % 100) / 100;
      const url = await locate('multi', optionsFor(recorded, { random }));
      drawn[url as keyof typeof drawn] += 1;
    }
    expect(drawn).toEqual({ 'http://10.244.77.10:80': 500, 'http://10.244.77.11:80': 500 });
  });

  it.each([
    ['is no pod', { ip: '10.244.77.10' }],
    ['is a pod of another namespace', { ...atA, targetRef: { ...atA.targetRef, namespace: 'x' } }],
    ['is a pod that is gone', target('nosuch', '10.244.77.10')],
    ['is not where its pod is', target('pod-a', '10.96.0.1')],
    ['may not be dialled', target('pod-lo', '127.0.0.1')],
  ])('is another one where one %s', async (_, address) => {
    const options = optionsFor({
      ...recorded,
      pods: { ...recorded.pods, 'pod-lo': podAt('127.0.0.1') },
      endpoints: { multi: [ready(address), ready(address, b)] },
    });
    for (const random of [() => 0, () => 0.99]) {
      expect(await locate('multi', { ...options, random })).toBe('http://10.244.77.11:80');
    }
  });

  it('comes from any subset that has the port', async () => {
    const endpoints = {
      multi: [{ addresses: [atA], ports: [{ name: 'other', port: 1 }] }, { ports: [] }, ready(b)],
    };
    expect(await locate('multi', optionsFor({ ...recorded, endpoints }))).toBe(
      'http://10.244.77.11:80',
    );
  });

  it('may be any of the addresses of its pod', async () => {
    const options = optionsFor({
      pods: { six: podAt(['10.0.0.1', 'fd00::1']) },
      endpoints: { six: [ready(target('six', 'fd00::1'))] },
    });
    const found = await resolve({ resource: 'services', namespace: 'default', id: 'six' }, options);
    expect(found).toMatchObject({ host: 'fd00::1', port: 80, transport: 'insecure' });
    expect(found.choice).toEqual({
      key: 'only-endpoint',
      values: {
        namespace: 'default',
        service: 'six',
        pod: 'six',
        address: '[fd00::1]:80',
        among: 1,
      },
    });
  });
});

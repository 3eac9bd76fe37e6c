import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../bastion/testing/ask.ts';
import { connectRaw } from './testing/raw-client.ts';
import { serverNames, startServers, type Servers } from './testing/servers.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers[Symbol.asyncDispose]());
beforeEach(() => {
  servers.target.forget();
  servers.vault.forget();
});

/** What stands between the segments of a path, or in them, and is read in more than one way. */
const spellings = [
  '/',
  '//',
  '/./',
  '/../',
  '/%2e%2e/',
  '/.%2E/',
  '%2F',
  '%2f',
  '%252F',
  '%5c',
  '\\',
  '/..;/',
  ';/',
  '/;x=y/',
  '%00',
  '%00/',
  '%0d%0a',
  '%20/',
  '/%20',
  '%23/',
  '%3F/',
  '?/',
  '#/',
  '/%C0%AE%C0%AE/',
  '/%EF%BC%8E%EF%BC%8E/',
];

/** Paths of the two pods, with one of these at every place where something could be put. */
function pathsTo(id: string, other: string): readonly string[] {
  const segments = ['/api', 'v1', 'namespaces', 'default', 'pods', id, 'proxy', 'x'];
  return spellings.flatMap((spelling) => [
    ...segments.map(
      (_, at) => segments.slice(0, at).join('/') + spelling + segments.slice(at).join('/'),
    ),
    // From what may be asked for to what may not.
    `/api/v1/namespaces/default/pods/${id}/proxy${spelling}..${spelling}${other}/proxy/x`,
    `/api/v1/namespaces/default/pods/${id}${spelling}..${spelling}${other}/proxy/x`,
    `/api/v1/namespaces/default/pods/${id}/proxy/..${spelling}..${spelling}${other}/proxy/x`,
    `/api/v1/namespaces/default${spelling}pods${spelling}${id}${spelling}proxy${spelling}x`,
  ]);
}

const together = 25;

describe.each(serverNames)('%s', (name) => {
  it('goes where it was allowed to, however a path is written', async () => {
    const { webId, target, vault } = servers;
    const vaultId = `vault:${vault.port}`;
    const paths = [
      ...pathsTo(webId, vaultId),
      ...pathsTo(vaultId, webId),
      ...pathsTo(webId.replace(':', '%3a'), vaultId).slice(0, 8),
      `/api/v1/namespaces/default/pods/%77eb%3A${target.port}/pro%78y/%2e%2E/x`,
    ];
    const ask = async (at: number) => {
      using client = await connectRaw(servers.server[name]);
      client.send(
        `GET ${paths[at] ?? ''} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer jane\r\n` +
          `Audit-ID: path-${at}\r\nX-Case: ${at}\r\nConnection: close\r\n\r\n`,
      );
      await client.closed();
    };
    for (let at = 0; at < paths.length; at += together) {
      await Promise.all(paths.slice(at, at + together).map((_, behind) => ask(at + behind)));
    }

    // Nobody may ask the vault.
    expect(vault.received()).toEqual([]);
    const reached = target
      .received()
      .flatMap((text) => [
        ...text.matchAll(/^GET (\S+) HTTP\/1\.1\r\n[^]*?\r\nX-Case: (\d+)\r\n/gm),
      ]);
    expect(reached.length).toBeGreaterThan(50);
    const last = `path-${paths.length - 1}`;
    const audit = () => servers.server[name].audit();
    await expect.poll(async () => (await audit()).at(-1)?.auditID).toBe(last);
    const events = new Map((await audit()).map((event) => [event.auditID, event]));
    for (const [, asked = '', at = ''] of reached) {
      expect(events.get(`path-${at}`)).toMatchObject({
        requestURI: paths[Number(at)],
        objectRef: { namespace: 'default', resource: 'pods', name: webId, subresource: 'proxy' },
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      });
      // What the target gets is clean: it has no dots that lead anywhere, and nothing to be read twice.
      expect(asked).toMatch(/^\/(?!\/)/);
      expect(asked.split('?', 1)[0]).not.toMatch(/(?:^|\/)\.{1,2}(?:\/|$)|\/\/|[\\\0-\x20#]/);
    }
  });

  /** Ids and names that would be something else in a header, in JSON, in a log or in HTML. */
  const ids = [
    'web%0d%0aX-Canary:%20y',
    'web%0aX-Canary:%20y',
    '%0d%0aX-Canary:y:web:80',
    'http%0d%0a:web:80',
    'http:web:80%0d%0aX-Canary:%20y',
    'web:80%0aX',
    '%22%7d%2c%7b%22',
    '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    'w%C3%A9b',
    'we%E2%80%A8b',
    '%F0%9F%92%A9',
    '%E2%80%AEbew',
    '__proto__',
    'constructor',
    'toString:80',
    '..',
    '.',
    '%00',
    'x'.repeat(10_000),
    `${'a:'.repeat(5_000)}b`,
    'web:99999999999999999999999999',
    'web:-1',
    'web:0x50',
    'web:80:80:80',
    ':web:',
    'ftp:web:80',
    'HTTP:web:80',
    'web:%EF%BC%98%EF%BC%90',
  ];
  it.each(ids)('lets nothing of an id into a header: %s', async (id) => {
    const { port, ca } = servers.server[name];
    for (const path of [
      `/api/v1/namespaces/default/pods/${id}/proxy`,
      `/api/v1/namespaces/default/services/${id}/proxy/x`,
      `/api/v1/namespaces/${id}/pods/web/proxy/x`,
      `/api/v1/nodes/${id}/proxy/x`,
    ]) {
      for (const token of ['admin', 'jane']) {
        const { status, headers, text } = await ask(path, { port, ca, token });
        expect(headers).not.toHaveProperty('x-canary');
        if (status === 301) {
          expect(headers.location).toMatch(/^\/api\/v1\/namespaces\/[!-~]+\/proxy\/$/);
          continue;
        }
        expect(status).toBeGreaterThanOrEqual(400);
        expect(headers['content-type']).toBe('application/json');
        expect(JSON.parse(text)).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
        if (status === 403) expect(headers['x-content-type-options']).toBe('nosniff');
      }
    }
  });

  it('proxies nothing that is asked for as a watch', async () => {
    const path = servers.web.replace('/v1/', '/v1/watch/');
    const { port, ca } = servers.server[name];
    for (const method of ['OPTIONS', 'GET']) {
      const { status } = await ask(`${path}/x`, { port, ca, token: 'admin', method });
      expect(status).toBeGreaterThanOrEqual(400);
    }
    expect(servers.target.received()).toEqual([]);
  });

  it('escapes a name where it answers with a Location', async () => {
    using client = await connectRaw(servers.server[name]);
    const path = `/api/v1/namespaces/default/pods/http:web:${servers.target.port}/proxy`;
    client.send(
      `GET ${path.replace('/proxy', '/%70roxy')}?a=%0d%0aX:y&b=<>" HTTP/1.1\r\nHost: x\r\n` +
        'Authorization: Bearer admin\r\nConnection: close\r\n\r\n',
    );
    const text = await client.closed();
    if (text.startsWith('HTTP/1.1 400')) return;
    expect(text).toContain(`\r\nLocation: ${path}/?a=%0d%0aX:y&b=<>"\r\n`);
    expect(text).not.toMatch(/^X:/m);
  });
});

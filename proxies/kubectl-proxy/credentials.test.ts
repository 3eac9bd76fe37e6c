/** What no recording shows: rotation, pods, plugins that change their mind, and proxies on the way. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientFlags } from '../kit/client-flags.ts';
import { parseFlags } from '../kit/flags.ts';
import { loadClientConfig } from '../kit/kubeconfig/client-config.ts';
import { createUpstream } from '../kit/kubeconfig/upstream.ts';
import type { Upstream } from '../kit/upstream.ts';
import { writePki } from './recorded/pki.ts';

const anonymous = { hasAuthorization: false, hasImpersonateUser: false };

let pki: string;
let directory: string;
let apiserver: Server;
let port: number;
let clients: string[];
const opened: Server[] = [];

beforeAll(async () => {
  pki = await mkdtemp(join(tmpdir(), 'hop-pki-'));
  await writePki(pki);
});

afterAll(() => rm(pki, { recursive: true, force: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-credentials-'));
  clients = [];
  const pem = (name: string) => readFile(join(pki, name));
  apiserver = createTlsServer(
    {
      cert: await pem('server.crt'),
      key: await pem('server.key'),
      ca: await pem('ca.crt'),
      requestCert: true,
      // As Go's servers: the client's order counts.
      honorCipherOrder: false,
      rejectUnauthorized: false,
    },
    (socket) => {
      clients.push(/CN=(.*)/.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1] ?? '');
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
      socket.write(
        `resumed=${String(socket.isSessionReused())} cipher=${socket.getCipher().name}\n`,
      );
    },
  );
  port = await listening(apiserver);
});

afterEach(async () => {
  for (const server of opened.splice(0)) server.close();
  await rm(directory, { recursive: true, force: true });
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return (server.address() as AddressInfo).port;
}

interface Given {
  readonly user?: string;
  readonly cluster?: string;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function upstream({
  user = 'token: t',
  cluster = '',
  env = {},
  signal,
}: Given): Promise<Upstream> {
  const path = join(directory, 'config');
  await writeFile(
    path,
    `current-context: m
clusters: [{name: m, cluster: {server: 'https://127.0.0.1:${port}', certificate-authority: ${pki}/ca.crt${cluster}}}]
contexts: [{name: m, context: {cluster: m, user: m}}]
users: [{name: m, user: {${user}}}]`,
  );
  return load(['--kubeconfig', path], env, { signal });
}

interface Place {
  readonly pod?: string;
  readonly signal?: AbortSignal | undefined;
}

async function load(
  argv: string[],
  env: Record<string, string>,
  { pod, signal }: Place = {},
): Promise<Upstream> {
  const terminal = { env, stdin: process.stdin, stdout: process.stdout };
  const { values } = parseFlags(clientFlags, argv);
  const config = await loadClientConfig(values, {
    ...terminal,
    ...(pod !== undefined && { serviceAccountDirectory: pod }),
  });
  return createUpstream(config, {
    env,
    isTerminal: false,
    log: () => undefined,
    ...(signal && { signal }),
  });
}

/** Connects, says something that comes back, and gives the server's first line. */
async function talk(to: Upstream): Promise<string> {
  const socket = await to.connect();
  try {
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    socket.write('echo');
    const [echo] = (await once(socket, 'data')) as [Buffer];
    expect(String(echo)).toBe('echo');
    return String(greeting);
  } finally {
    socket.destroy();
  }
}

/** A plugin that prints what the file says at the moment. */
async function plugin(): Promise<{ user: string; say: (status: object) => Promise<void> }> {
  const answer = join(directory, 'answer.json');
  const script = join(directory, 'plugin.sh');
  const apiVersion = 'client.authentication.k8s.io/v1';
  await writeFile(script, `#!/bin/sh\necho run >> '${directory}/runs'\ncat '${answer}'\n`, {
    mode: 0o755,
  });
  return {
    user: `exec: {apiVersion: ${apiVersion}, command: ${script}, interactiveMode: Never}`,
    say: (status) =>
      writeFile(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status })),
  };
}

const runs = async () => (await readFile(join(directory, 'runs'), 'utf8')).split('\n').length - 1;

describe('what a kubeconfig says of its user', () => {
  it('never becomes a header of its own: each request is refused, not the start', async () => {
    const to = await upstream({ user: String.raw`token: "abc\r\nX-Evil: 1"` });
    await expect(
      to.credentials({ hasAuthorization: false, hasImpersonateUser: false }),
    ).rejects.toThrow('invalid header field value for "Authorization"');
  });

  it('goes out as UTF-8: nobody becomes another user', async () => {
    const to = await upstream({ user: 'token: t, as: Łdmin' });
    const lines = await to.credentials({ hasAuthorization: true, hasImpersonateUser: false });
    expect(lines).toEqual([['Impersonate-User', Buffer.from('Łdmin').toString('latin1')]]);
  });
});

describe('an exec plugin', () => {
  it('does not outlive who asked it', async () => {
    const script = join(directory, 'hangs.sh');
    await writeFile(script, `#!/bin/sh\necho $$ > '${directory}/pid'\nexec sleep 60\n`, {
      mode: 0o755,
    });
    const owner = new AbortController();
    const user = `exec: {apiVersion: client.authentication.k8s.io/v1, command: ${script}, interactiveMode: Never}`;
    const to = await upstream({ user, signal: owner.signal });
    const asked = to.credentials({ hasAuthorization: false, hasImpersonateUser: false });
    const pid = await vi.waitFor(async () =>
      Number(await readFile(join(directory, 'pid'), 'utf8')),
    );
    owner.abort();
    await expect(asked).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });

  it('is asked anew after a 401, once, and not before', async () => {
    const { user, say } = await plugin();
    await say({ token: 'one' });
    const to = await upstream({ user });
    expect(await to.credentials(anonymous)).toEqual([['Authorization', 'Bearer one']]);
    expect(to.credentials(anonymous)).toEqual([['Authorization', 'Bearer one']]);
    await say({ token: 'two' });
    to.credentialsRefused();
    to.credentialsRefused();
    expect(await to.credentials(anonymous)).toEqual([['Authorization', 'Bearer two']]);
    expect(await runs()).toBe(2);
  });

  it('is asked again when its token has expired', async () => {
    const { user, say } = await plugin();
    await say({ token: 'one', expirationTimestamp: '2020-01-01T00:00:00Z' });
    const to = await upstream({ user });
    await to.credentials(anonymous);
    await to.credentials(anonymous);
    expect(await runs()).toBe(2);
  });

  it('rotates the client certificate: new connections present it, old ones are outdated', async () => {
    const { user, say } = await plugin();
    const pair = async (name: string) => ({
      clientCertificateData: await readFile(join(pki, `${name}.crt`), 'utf8'),
      clientKeyData: await readFile(join(pki, `${name}.key`), 'utf8'),
    });
    await say(await pair('client'));
    const to = await upstream({ user });
    await talk(to);
    const before = to.generation;
    await say(await pair('other-client'));
    to.credentialsRefused();
    await to.credentials(anonymous);
    expect(to.generation).toBe(before + 1);
    await talk(to);
    expect(clients).toEqual(['oracle-client', 'exec-client']);
  });
});

describe('a pod', () => {
  it('finds the apiserver, its CA and a token that is rotated', async () => {
    const pod = join(directory, 'serviceaccount');
    await mkdir(pod);
    await writeFile(join(pod, 'token'), 'pod-token\n');
    await writeFile(join(pod, 'ca.crt'), await readFile(join(pki, 'ca.crt')));
    const env = {
      HOME: directory,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(port),
    };
    const to = await load([], env, { pod });
    expect(to.server).toMatchObject({ isTls: true, authority: `127.0.0.1:${port}` });
    expect(await to.credentials(anonymous)).toEqual([['Authorization', 'Bearer pod-token']]);
    await talk(to);
  });

  it('is not one without the variables: the default is http://localhost:8080', async () => {
    const to = await load([], { HOME: directory }, { pod: directory });
    expect(to.server).toMatchObject({ isTls: false, authority: 'localhost:8080' });
  });
});

describe('TLS to the apiserver', () => {
  it('offers AES-128 first, and resumes its session', async () => {
    const to = await upstream({});
    expect(await talk(to)).toContain('cipher=TLS_AES_128_GCM_SHA256');
    expect(await talk(to)).toContain('resumed=true');
  });

  it('hands every byte to onread, also through a tunnel', async () => {
    const tunnelPort = await listening(socksProxy());
    for (const cluster of ['', `, proxy-url: 'socks5://127.0.0.1:${tunnelPort}'`]) {
      const to = await upstream({ cluster });
      const greeting = await new Promise<string>((resolve, reject) => {
        let seen = '';
        const buffer = Buffer.alloc(8);
        const callback = (count: number) => {
          seen += buffer.toString('latin1', 0, count);
          if (seen.endsWith('\n')) resolve(seen);
          return true;
        };
        to.connect({ onread: { buffer, callback } }).catch(reject);
      });
      expect(greeting).toContain('cipher=');
    }
  });

  it('gives up when told to', async () => {
    const silent = createTcpServer();
    port = await listening(silent);
    const to = await upstream({});
    const stop = new AbortController();
    const connecting = to.connect({ signal: stop.signal });
    await once(silent, 'connection');
    stop.abort();
    await expect(connecting).rejects.toThrow('context canceled');
  });
});

describe('a proxy on the way', () => {
  it('speaks SOCKS 5, with the user and password of its URL', async () => {
    const seen: string[] = [];
    const proxyPort = await listening(socksProxy(seen));
    const proxyUrl = `socks5://bob:s3cret@127.0.0.1:${proxyPort}`;
    const to = await upstream({ cluster: `, proxy-url: '${proxyUrl}'` });
    await talk(to);
    expect(seen).toEqual(['bob:s3cret', `127.0.0.1:${port}`]);
  });

  it('is told of in the error when it is not there', async () => {
    const to = await upstream({ cluster: ", proxy-url: 'socks5://127.0.0.1:1'" });
    await expect(to.connect()).rejects.toThrow(
      `socks connect tcp 127.0.0.1:1->127.0.0.1:${port}: dial tcp 127.0.0.1:1: connect: connection refused`,
    );
  });
});

/** As much of RFC 1928 and RFC 1929 as a client asks for. */
function socksProxy(seen: string[] = []): Server {
  return createTcpServer((client) => {
    client.on('error', () => undefined);
    let step = 0;
    client.on('data', (chunk) => {
      if (step === 0) {
        const wantsPassword = chunk.subarray(2).includes(2);
        step = wantsPassword ? 1 : 2;
        client.write(Buffer.from([5, wantsPassword ? 2 : 0]));
      } else if (step === 1) {
        const nameEnd = 2 + (chunk[1] ?? 0);
        seen.push(`${chunk.toString('utf8', 2, nameEnd)}:${chunk.toString('utf8', nameEnd + 1)}`);
        step = 2;
        client.write(Buffer.from([1, 0]));
      } else if (step === 2) {
        const host = [...chunk.subarray(4, 8)].join('.');
        const target = chunk.readUInt16BE(8);
        seen.push(`${host}:${target}`);
        client.removeAllListeners('data');
        const server = connect(target, host, () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          client.pipe(server).pipe(client);
        });
        server.on('error', () => client.destroy());
        client.on('close', () => server.destroy());
      }
    });
  });
}

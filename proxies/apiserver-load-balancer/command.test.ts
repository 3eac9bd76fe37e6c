import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hop } from '../kit/hop.ts';
import { createAuthority, type Authority } from '../kit/pki/authority.ts';
import { needs } from '../kit/testing/needs.ts';
import { runHere as runToEnd } from '../kit/testing/run-here.ts';
import { command as apiserverLoadBalancer } from './command.ts';
import { ask, runBalancer, tryBalancer } from './command/testing/run-balancer.ts';
import { answerOf, startTestApiserver, type TestApiserver } from './testing/test-apiserver.ts';

const patience = { timeout: 30_000 };

let directory: string;
let authority: Authority;
let caFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apiserver-lb-'));
  authority = await createAuthority();
  caFile = join(directory, 'ca.crt');
  await writeFile(caFile, authority.certificatePem);
});
afterAll(() => rm(directory, { recursive: true }));

/** It answers its name to whatever it is asked. */
async function startApiserver(name: string, of = authority): Promise<TestApiserver> {
  const apiserver = await startTestApiserver(of);
  apiserver.answer = answerOf(200, name, 'Connection: close');
  return apiserver;
}

const runHere = (...argv: readonly string[]) => runToEnd(apiserverLoadBalancer, argv, true);

describe('hop apiserver-lb', () => {
  it('sends clients to each apiserver in turn, tells how it is, and ends', async () => {
    await using cleaning = new AsyncDisposableStack();
    const one = cleaning.use(await startApiserver('one'));
    const two = cleaning.use(await startApiserver('two'));
    const backends = [one, two].map(({ backend }) => `--backend=${backend.name}`);
    // The first check counts alone; a second may be late on a busy machine, and who is late misses a turn.
    const checked = [`--check-ca-file=${caFile}`, '--check-interval=1h'];
    const balancer = cleaning.use(await runBalancer([...backends, ...checked]));
    await expect
      .poll(
        () => balancer.metric(`apiserver_lb_backend_ready{backend="${two.backend.name}"}`),
        patience,
      )
      .toBe(1);
    await expect
      .poll(
        () => balancer.metric(`apiserver_lb_backend_ready{backend="${one.backend.name}"}`),
        patience,
      )
      .toBe(1);
    const before = (await balancer.metric('apiserver_lb_connections_total')) ?? 0;
    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await ask(balancer.address));
    expect(answers.toSorted()).toEqual(['one', 'one', 'two', 'two']);
    expect(await balancer.metric('apiserver_lb_connections_total')).toBe(before + 4);
    expect(await balancer.status('/healthz')).toEqual({ status: 200, body: 'ok' });
    expect(await balancer.status('/readyz')).toEqual({ status: 200, body: 'ok' });
    expect(await balancer.status('/nothing')).toMatchObject({ status: 404 });
    const ready = (name: string) => ({ name, condition: 'ready', isDraining: false });
    expect((await balancer.backends()).backends).toMatchObject([
      ready(one.backend.name),
      ready(two.backend.name),
    ]);
    process.kill(balancer.pid, 'SIGTERM');
    await balancer.ended;
    expect(await ask(balancer.address)).toBe('ECONNREFUSED');
  }, 60_000);

  it('says on /readyz who is not ready, and why', async () => {
    await using cleaning = new AsyncDisposableStack();
    const one = cleaning.use(await startApiserver('one'));
    one.answer = answerOf(500, '[-]shutdown failed');
    const args = [`--backend=${one.backend.name}`, `--check-ca-file=${caFile}`];
    const balancer = cleaning.use(await runBalancer(args));
    await expect
      .poll(() => balancer.status('/readyz'), patience)
      .toMatchObject({
        status: 500,
        body: expect.stringMatching(
          new RegExp(`^\\[\\+\\]ping ok\n\\[-\\]backends failed: ${one.backend.name} is not-ready`),
        ) as string,
      });
  }, 60_000);

  it('tells two hops of each connection while somebody wants them', async () => {
    await using cleaning = new AsyncDisposableStack();
    const one = cleaning.use(await startApiserver('one'));
    const hops: Hop[] = [];
    const args = [`--backend=${one.backend.name}`, `--check-ca-file=${caFile}`];
    const balancer = cleaning.use(await runBalancer(args, { onHop: (hop) => hops.push(hop) }));
    const told = async () => {
      await ask(balancer.address);
      return hops.slice(-2);
    };
    await expect.poll(told, patience).toMatchObject([
      {
        from: { station: 'client' },
        to: { station: 'apiserver-load-balancer', address: balancer.address },
        decision: { key: 'apiserver-load-balancer.accepted' },
      },
      {
        from: { station: 'apiserver-load-balancer' },
        to: { station: 'apiserver', address: one.backend.name },
        decision: { key: 'apiserver-load-balancer.forwarded', values: { balance: 'round-robin' } },
      },
    ]);
    expect(hops.at(-1)?.request).toBe(hops.at(-2)?.request);
  }, 60_000);

  it('says at once which apiserver is of another cluster, and aloud when all are', async () => {
    await using cleaning = new AsyncDisposableStack();
    const one = cleaning.use(await startApiserver('one'));
    const stranger = cleaning.use(await startApiserver('stranger', await createAuthority()));
    const backends = [stranger, one].map(({ backend }) => `--backend=${backend.name}`);
    const checked = `--check-ca-file=${caFile}`;
    const balancer = cleaning.use(await runBalancer([...backends, checked]));
    await expect
      .poll(balancer.stderr, patience)
      .toContain(`Backend ${stranger.backend.name} is untrusted`);
    await expect.poll(() => balancer.status('/readyz'), patience).toMatchObject({ status: 200 });
    expect(await Promise.all([ask(balancer.address), ask(balancer.address)])).toEqual([
      'one',
      'one',
    ]);
    expect(balancer.stderr()).not.toContain('NO BACKEND IS TRUSTED');
    const alone = cleaning.use(await runBalancer([`--backend=${stranger.backend.name}`, checked]));
    await expect.poll(alone.stderr, patience).toMatch(/^E.*NO BACKEND IS TRUSTED/m);
    expect(await ask(alone.address)).not.toBe('stranger');
  }, 60_000);

  it.each([
    ['--help', /^ {6}--backends-file string/m],
    ['--version', /^hop \d+\.\d+\.\d+\n$/],
  ])('says what it is asked for, and ends: %s', async (flag, said) => {
    const { status, stdout } = await runHere(flag);
    expect(stdout).toMatch(said);
    expect(status).toBe(0);
  });
});

describe('hop apiserver-lb ends with what to do next', () => {
  const some = ['--backend=192.0.2.11:6443', '--check-insecure', '--listen=127.0.0.1:0'];

  it.each([
    ['no backends', [], 'no backends are given', '--backend 192.0.2.11:6443 once for each'],
    [
      'an argument',
      ['start'],
      '"apiserver-lb" does not take any arguments, got ["start"]',
      '--help',
    ],
    ['an unknown flag', ['--backends=a:1'], 'unknown flag: --backends', '--help'],
    [
      'no port',
      ['--backend=192.0.2.11'],
      '--backend 192.0.2.11: "192.0.2.11" is no backend: must be host:port',
      'Write host:port',
    ],
    ['a port that is none', ['--backend=192.0.2.11:0'], 'is no backend', 'Write host:port'],
    ['an address that is none', ['--backend=192.0.2:6443'], 'is no backend', 'Write host:port'],
    ['a bare IPv6 address', ['--backend=2001:db8::1:6443'], 'is no backend', 'in brackets'],
    [
      'two sources',
      ['--backend=192.0.2.11:6443', '--backends-file=x.yaml'],
      '--backends-file and --backend both say who the backends are',
      'Give one of them',
    ],
    [
      'no authority',
      ['--backend=192.0.2.11:6443'],
      '--check-ca-file is missing',
      '--check-ca-file /etc/kubernetes/pki/ca.crt',
    ],
    [
      'two answers to who is trusted',
      [...some, '--check-ca-file=x'],
      '--check-insecure does not',
      'Give one of them',
    ],
    [
      'no such authority',
      ['--backend=192.0.2.11:6443', '--check-ca-file=/nonexistent/ca.crt'],
      'open /nonexistent/ca.crt: no such file or directory',
      'Check the path /nonexistent/ca.crt',
    ],
    [
      'an authority that is none',
      ['--backend=192.0.2.11:6443', '--check-ca-file=package.json'],
      'package.json holds no certificate in PEM',
      '-----BEGIN CERTIFICATE-----',
    ],
    [
      'an unknown balance',
      [...some, '--balance=source'],
      '--balance: unknown value "source"',
      '--balance takes one of: round-robin, least-connections, first-healthy.',
    ],
    [
      'an unknown implementation',
      [...some, '--implementation=envoy'],
      '"envoy"',
      'hop, nginx, haproxy',
    ],
    ['an unknown dataplane', [...some, '--dataplane=ipvs'], '"ipvs"', 'userspace, nftables'],
    ['an unknown PROXY protocol', [...some, '--proxy-protocol=v3'], '"v3"', 'off, v1, v2'],
    ['no time to check', [...some, '--check-interval=0'], 'must be longer than 0', '500ms'],
    ['a time that is none', [...some, '--dial-timeout=5'], 'missing unit in duration', '--help'],
    ['a negative time', [...some, '--drain-timeout=-1s'], 'must be 0 or longer', '500ms'],
    ['no check that is enough', [...some, '--rise=0'], '--rise: 0 is too few', 'whole number'],
    ['a path that is none', [...some, '--check-path=readyz'], 'is no path of a request', '/readyz'],
    [
      'a name to listen on',
      [...some, '--listen=localhost:1'],
      'is no address to listen on',
      '[::]:6443',
    ],
    ['the same to listen on', [...some, '--listen=:1,0.0.0.0:1'], 'names 0.0.0.0:1 twice', 'once'],
    [
      'an admin address that is none',
      [...some, '--admin-bind-address=1'],
      'must be IP:port',
      '10261',
    ],
    [
      'an age that nginx cannot limit',
      [...some, '--implementation=nginx', '--max-connection-age=1h'],
      '--max-connection-age: nginx cannot do it',
      'Leave --max-connection-age out',
    ],
    [
      'a dataplane of ours for a program of somebody else’s',
      [...some, '--implementation=haproxy', '--dataplane=nftables'],
      '--dataplane: haproxy moves connections by itself',
      'Leave --dataplane out, or take --implementation hop.',
    ],
    [
      'PROXY protocol, of which the kernel knows nothing',
      [...some, '--dataplane=nftables', '--proxy-protocol=v1'],
      '--proxy-protocol: nftables cannot do it',
      '--dataplane userspace, which can do it',
    ],
    [
      'no kubeconfig',
      ['--endpoint-slices', '--kubeconfig=/dev/null'],
      'no configuration has been provided in /dev/null',
      'names no cluster',
    ],
  ])('where it is given %s', async (_, args, message, hint) => {
    const { status, stderr } = await runHere(...args);
    const lines = stderr.split('\n').filter((line) => !/^W\d{4} /.test(line));
    const [first = '', ...next] = lines;
    expect(first).toMatch(/^error: /);
    expect(first).toContain(message);
    expect(next.join('\n')).toContain(hint);
    expect(status).toBe(1);
  });

  it.each([
    [
      'the same backend twice',
      ['--backend=127.0.0.1:1,127.0.0.1:1'],
      '--backend 127.0.0.1:1: the backend 127.0.0.1:1 is on the list already',
      'Name each apiserver once',
    ],
    [
      'the same backend by two names',
      ['--backend=127.0.0.1:1', '--backend=localhost:1'],
      '--backend localhost:1 (localhost is 127.0.0.1): the backend 127.0.0.1:1 is on the list already',
      'also if it has several names',
    ],
    [
      'a name that nobody knows',
      ['--backend=no-such-apiserver.invalid:6443'],
      'no backend can be looked up: --backend no-such-apiserver.invalid:6443: ',
      'Check the names',
    ],
    [
      'a file that is not there',
      ['--backends-file=/nonexistent/backends.yaml'],
      'open /nonexistent/backends.yaml: no such file or directory',
      'Check the path /nonexistent/backends.yaml',
    ],
  ])(
    'where it is given %s',
    async (_, args, message, hint) => {
      await using command = await tryBalancer([...some.slice(1), ...args]);
      expect(command).toMatchObject({ isServing: false, exitCode: 1 });
      expect(command.stderr()).toContain(`error: ${message}`);
      expect(command.stderr()).toContain(hint);
    },
    60_000,
  );

  it('where a backend is the load balancer itself', async () => {
    const port = await freePort();
    const args = [`--listen=0.0.0.0:${port}`, `--backend=127.0.0.1:${port}`, '--check-insecure'];
    await using command = await tryBalancer([...args, '--admin-bind-address=']);
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain(`127.0.0.1:${port} is this load balancer itself`);
    expect(command.stderr()).toContain('Name the apiservers themselves');
  }, 60_000);

  it.for(['hop', 'nginx', 'haproxy'] as const)(
    'where its port is taken: %s',
    { timeout: 60_000 },
    async (name, context) => {
      if (name !== 'hop') needs(context, name);
      await using taken = await takePort();
      await using command = await tryBalancer([
        ...some.slice(0, 2),
        `--implementation=${name}`,
        `--listen=127.0.0.1:${taken.port}`,
      ]);
      expect(command).toMatchObject({ isServing: false, exitCode: 1 });
      expect(command.stderr()).toContain('address already in use');
      expect(command.stderr()).toContain(`Another program listens on 127.0.0.1:${taken.port}`);
    },
  );

  it('where the port of its status is taken', async () => {
    await using taken = await takePort();
    const admin = `--admin-bind-address=127.0.0.1:${taken.port}`;
    await using command = await tryBalancer([...some, admin]);
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain(`Another program listens on 127.0.0.1:${taken.port}`);
  }, 60_000);
});

it('warns that apiservers do not understand PROXY protocol', async () => {
  const args = ['--backend=127.0.0.1:1', '--check-insecure', '--proxy-protocol=v2'];
  await using balancer = await runBalancer(args);
  expect(balancer.stderr()).toMatch(/^W.*--proxy-protocol=v2: apiservers do not understand it/m);
}, 60_000);

async function takePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const end = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port, [Symbol.asyncDispose]: end };
}

async function freePort(): Promise<number> {
  await using taken = await takePort();
  return taken.port;
}

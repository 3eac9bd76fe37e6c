import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../kit/pki/authority.ts';
import { needs } from '../../kit/testing/needs.ts';
import { answerOf, startTestApiserver } from '../testing/test-apiserver.ts';
import { ask, runBalancer } from './testing/run-balancer.ts';

const patience = { timeout: 30_000, interval: 100 };

let directory: string;
let authority: Authority;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foreign-command-'));
  authority = await createAuthority();
});
afterAll(() => rm(directory, { recursive: true }));

async function startApiserver(name: string) {
  const apiserver = await startTestApiserver(authority);
  apiserver.answer = answerOf(200, name, 'Connection: close');
  return apiserver;
}

describe.for(['nginx', 'haproxy'] as const)('hop apiserver-lb --implementation=%s', (name) => {
  it(
    'sends clients to whom the file lists, and leaves nothing behind',
    { timeout: 90_000 },
    async (context) => {
      needs(context, name);
      await using cleaning = new AsyncDisposableStack();
      const one = cleaning.use(await startApiserver('one'));
      const two = cleaning.use(await startApiserver('two'));
      const path = join(directory, `${name}.yaml`);
      const write = (...names: readonly string[]) =>
        writeFile(path, JSON.stringify({ backends: names.map((address) => ({ address })) }));
      await write(one.backend.name);
      const balancer = cleaning.use(
        await runBalancer(
          [
            `--implementation=${name}`,
            `--backends-file=${path}`,
            '--check-insecure',
            '--check-interval=100ms',
            '--drain-timeout=1s',
          ],
          { env: { TMPDIR: directory } },
        ),
      );
      const answered = async () => [
        ...new Set([await ask(balancer.address), await ask(balancer.address)]),
      ];
      await expect.poll(answered, patience).toEqual(['one']);
      await expect.poll(() => balancer.status('/readyz'), patience).toMatchObject({ status: 200 });
      await write(two.backend.name);
      await expect.poll(answered, patience).toEqual(['two']);
      await write(two.backend.name, two.backend.name);
      await expect.poll(balancer.stderr, patience).toContain('is on the list already');
      expect(await answered()).toEqual(['two']);
      const { body } = await balancer.status('/metrics');
      expect(body).toContain(`apiserver_lb_info{implementation="${name}",dataplane="${name}"`);
      process.kill(balancer.pid, 'SIGTERM');
      await balancer.ended;
      expect(await ask(balancer.address)).toBe('ECONNREFUSED');
      expect(
        (await readdir(directory)).filter((entry) => entry.startsWith('hop-apiserver-lb')),
      ).toEqual([]);
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'ends when the program ends on its own',
    { timeout: 90_000 },
    async (context) => {
      needs(context, name);
      await using balancer = await runBalancer([
        `--implementation=${name}`,
        '--backend=127.0.0.1:1',
        '--check-insecure',
      ]);
      const [pid] = await childrenOf(balancer.pid);
      if (pid === undefined) throw new Error(`no ${name} runs`);
      process.kill(pid, 'SIGKILL');
      await balancer.ended;
      expect(balancer.stderr()).toMatch(/^error: .*/m);
    },
  );
});

it(
  'hop apiserver-lb --implementation=haproxy says that none is trusted, and what becomes of clients',
  { timeout: 90_000 },
  async (context) => {
    needs(context, 'haproxy');
    await using one = await startApiserver('one');
    const caFile = join(directory, 'another.crt');
    await writeFile(caFile, (await createAuthority()).certificatePem);
    await using balancer = await runBalancer([
      '--implementation=haproxy',
      `--backend=${one.backend.name}`,
      `--check-ca-file=${caFile}`,
      '--check-interval=100ms',
    ]);
    expect(balancer.stderr()).toMatch(/^W.*--when-none-ready: When no apiserver is ready/m);
    await expect
      .poll(balancer.stderr, patience)
      .toMatch(/^E.*NO BACKEND IS TRUSTED.*sent there all the same/m);
    expect(await ask(balancer.address)).toBe('one');
    const changes = `apiserver_lb_backend_condition_changes_total{backend="${one.backend.name}",condition="untrusted"}`;
    await expect.poll(() => balancer.metric(changes), patience).toBeGreaterThan(0);
    expect((await balancer.status('/metrics')).body).not.toMatch(
      /^apiserver_lb_connections_reset_total /m,
    );
  },
);

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((one) => one !== '')
    .map(Number);
}

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBalancer, tryBalancer } from '../command/testing/run-balancer.ts';
import { parseBackends, readBackendsText } from './read-backends-file.ts';

const patience = { timeout: 30_000, interval: 100 };

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backends-file-'));
  path = join(directory, 'backends.yaml');
});
afterEach(() => rm(directory, { recursive: true }));

const listOf = (...addresses: readonly string[]) =>
  ['backends:', ...addresses.map((address) => `  - address: ${address}`), ''].join('\n');

function run(file = path) {
  return runBalancer([`--backends-file=${file}`, '--check-insecure', '--drain-timeout=100ms']);
}

type Running = Awaited<ReturnType<typeof run>>;

async function namesOf(balancer: Running): Promise<readonly string[]> {
  return (await balancer.backends()).backends.map(({ name }) => name);
}

describe('a file of backends', () => {
  it('is taken when it changes; one that is malformed is not, and says where', async () => {
    await writeFile(path, listOf('127.0.0.1:1', '127.0.0.2:1'));
    await using balancer = await run();
    expect(await namesOf(balancer)).toEqual(['127.0.0.1:1', '127.0.0.2:1']);

    await writeFile(path, listOf('127.0.0.2:1', '127.0.0.3:1'));
    await expect.poll(() => namesOf(balancer), patience).toEqual(['127.0.0.2:1', '127.0.0.3:1']);
    expect(await balancer.metric('apiserver_lb_reloads_total{result="success"}')).toBe(1);

    await writeFile(path, listOf('127.0.0.4:1', '127.0.0.5'));
    const failures = () => balancer.metric('apiserver_lb_reloads_total{result="failure"}');
    await expect.poll(failures, patience).toBe(1);
    expect(await namesOf(balancer)).toEqual(['127.0.0.2:1', '127.0.0.3:1']);
    expect(await balancer.metric('apiserver_lb_last_reload_successful')).toBe(0);
    const line = balancer
      .stderr()
      .split('\n')
      .findLast((one) => one.startsWith('E'));
    expect(line).toContain(`${path}, line 3: "127.0.0.5" is no backend: must be host:port. Write`);
    expect(line).toMatch(/The list before stays: 127\.0\.0\.2:1, 127\.0\.0\.3:1$/);

    await writeFile(path, listOf('127.0.0.4:1'));
    await expect.poll(() => namesOf(balancer), patience).toEqual(['127.0.0.4:1']);
    expect(balancer.stderr()).toContain(`${path} is good again and is taken: 127.0.0.4:1`);
    expect(await balancer.metric('apiserver_lb_last_reload_successful')).toBe(1);
  }, 90_000);

  it('is followed where another one takes its place, and where a link to it is swapped', async () => {
    const versions = ['first', 'second'].map((name) => join(directory, name));
    for (const [index, version] of versions.entries()) {
      await mkdir(version);
      await writeFile(join(version, 'backends.yaml'), listOf(`127.0.0.${index + 1}:1`));
    }
    // As the kubelet mounts a ConfigMap.
    await symlink('first', join(directory, '..data'));
    await symlink('..data/backends.yaml', path);
    await using balancer = await run();
    expect(await namesOf(balancer)).toEqual(['127.0.0.1:1']);
    await symlink('second', join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    await expect.poll(() => namesOf(balancer), patience).toEqual(['127.0.0.2:1']);
    // As an editor saves.
    await writeFile(`${path}.swp`, listOf('127.0.0.3:1'));
    await rename(`${path}.swp`, path);
    await expect.poll(() => namesOf(balancer), patience).toEqual(['127.0.0.3:1']);
  }, 90_000);

  it('may go and come back: the list before stays meanwhile', async () => {
    await writeFile(path, listOf('127.0.0.1:1'));
    await using balancer = await run();
    await unlink(path);
    await expect
      .poll(balancer.stderr, patience)
      .toContain(`open ${path}: no such file or directory`);
    expect(await namesOf(balancer)).toEqual(['127.0.0.1:1']);
    await writeFile(path, listOf('127.0.0.1:1'));
    await expect.poll(balancer.stderr, patience).toContain('is good again and is read');
    expect(balancer.stderr().match(/no such file or directory/g)).toHaveLength(1);
  }, 90_000);

  it('is read at once at SIGHUP, which ends nothing', async () => {
    await writeFile(path, listOf('127.0.0.1:1'));
    await using balancer = await run();
    process.kill(balancer.pid, 'SIGHUP');
    await expect.poll(balancer.stderr, patience).toContain(`${path} is read: the list is the same`);
    await writeFile(path, 'backends: [');
    process.kill(balancer.pid, 'SIGHUP');
    await expect.poll(balancer.stderr, patience).toContain(`${path}, line 1: `);
    expect(await namesOf(balancer)).toEqual(['127.0.0.1:1']);
  }, 90_000);

  it('drains whom it says', async () => {
    const drained = 'backends: [{ address: "127.0.0.1:1", drain: true }, { address: "[::1]:1" }]';
    await writeFile(path, drained);
    await using balancer = await run();
    expect((await balancer.backends()).backends).toMatchObject([
      { name: '127.0.0.1:1', isDraining: true },
      { name: '[::1]:1', isDraining: false },
    ]);
  }, 90_000);

  it('that names the load balancer itself is not taken', async () => {
    await writeFile(path, listOf('127.0.0.1:1'));
    await using balancer = await run();
    await writeFile(path, listOf('127.0.0.1:1', balancer.address));
    await expect
      .poll(balancer.stderr, patience)
      .toContain(`${path}, line 3: ${balancer.address} is this load balancer itself`);
    expect(await namesOf(balancer)).toEqual(['127.0.0.1:1']);
  }, 90_000);

  it.each([
    { what: 'a pipe', make: () => execFileSync('mkfifo', [path]), says: `it is no file` },
    { what: 'a directory', make: () => mkdir(path), says: 'is a directory' },
    {
      what: 'larger than anybody writes',
      make: () => writeFile(path, '#'.repeat((1 << 20) + 1)),
      says: 'it is larger than 1048576 bytes',
    },
  ])('that is $what is refused, and nobody waits for it', async ({ make, says }) => {
    await make();
    await expect(readBackendsText(path)).rejects.toThrow(says);
  });

  it('that is malformed at the start ends the command with where, and what to do', async () => {
    await writeFile(path, 'backends:\n  - adress: 127.0.0.1:1\n');
    const args = ['--listen=127.0.0.1:0', '--check-insecure', `--backends-file=${path}`];
    await using command = await tryBalancer(args);
    expect(command).toMatchObject({ isServing: false, exitCode: 1 });
    expect(command.stderr()).toContain(`error: ${path}, line 2: `);
    expect(command.stderr()).toContain(`Correct that line of ${path}.`);
  }, 60_000);
});

describe('a complaint about a file of backends', () => {
  it.each([
    ['backends:\n  - address: a:1\n    drian: true\n', 3, 'unknown field "drian"'],
    ['backends:\n  - address: a:1\n  - drain: true\n', 3, 'backends[1].address: '],
    ['backends:\n  - a:1\n', 2, 'backends[0]: '],
    ['backends:\n  - address: a:1\n  - address: [b:1]\n', 3, 'backends[1].address: '],
    ['servers: []\n', 1, 'backends: '],
    ['- a:1\n', 1, 'the file: '],
    ['', 1, 'the file: '],
    ['backends:\n  - address: "a:1\n', 3, 'closing "quote'],
    ['backends:\n  - address: a:1\n\t- address: b:1\n', 3, 'tab'],
    ['backends: *there\n', 1, 'there'],
    ['backends:\n  - address: a:1\n    drain: perhaps\n', 3, 'backends[0].drain: '],
  ])('names the line: %j', (text, line, why) => {
    expect(() => parseBackends(text, 'b.yaml')).toThrow(
      expect.objectContaining({
        hint: 'bad-file',
        message: expect.stringMatching(
          new RegExp(`^b\\.yaml, line ${line}: .*${why.replace(/[[\].]/g, '\\$&')}`, 'i'),
        ) as string,
      }) as Error,
    );
  });

  it.each([
    ['backends: []\n', 'no-backends'],
    ['backends:\n  - address: a\n', 'bad-backend'],
  ])('says what to do: %j', (text, hint) => {
    expect(() => parseBackends(text, 'b.yaml')).toThrow(expect.objectContaining({ hint }) as Error);
  });
});

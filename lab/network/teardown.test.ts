import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabMode } from '../topology.ts';
import { labProcesses, type LabProcess } from './testing/lab-processes.ts';
import { whyNotIsolated } from './testing/why-not-isolated.ts';

const held = fileURLToPath(new URL('testing/held-cluster.ts', import.meta.url));
const reason = await whyNotIsolated();

/** Who is killed, out of the host process and the processes of the lab. */
const ends: Record<string, (host: number, processes: readonly LabProcess[]) => void> = {
  'it is told to end': (host) => process.kill(host, 'SIGTERM'),
  'the host process is killed': (host) => process.kill(host, 'SIGKILL'),
  'the supervisor is killed': (_, processes) =>
    process.kill(pidOf(processes, /^\S*node .*supervisor-main/), 'SIGKILL'),
  'the wrapper of the supervisor is killed': (_, processes) =>
    process.kill(pidOf(processes, /^unshare /), 'SIGKILL'),
};

let directory: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'hop-teardown-')));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const modes = ['isolated', 'loopback'] as const satisfies readonly LabMode[];

describe.each(modes)('a lab (%s) with a paused machine leaves nothing behind when', (mode) => {
  describe.skipIf(mode === 'isolated' && reason !== null)('', () => {
    const names = Object.keys(ends).filter(
      (name) => mode === 'isolated' || !name.includes('wrapper'),
    );

    it.each(names)('%s', async (name) => {
      const namespacesBefore = await namespaces();
      const mountsBefore = await readFile('/proc/self/mounts', 'utf8');
      const host = fork(held, [directory, mode], { execArgv: [], silent: true });
      const exited = once(host, 'exit');
      const [{ server }] = (await once(host, 'message')) as [{ readonly server: string }];
      const states = async () => (await labProcesses(directory)).map(({ state }) => state);
      await expect.poll(states).toContain('T');
      const processes = await labProcesses(directory);

      ends[name]?.(host.pid ?? 0, processes);
      await expect.poll(() => labProcesses(directory), { timeout: 10_000 }).toEqual([]);
      if (host.exitCode === null) host.kill('SIGTERM');
      await exited;

      const port = Number(new URL(server).port);
      const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
      expect(await left()).toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).toBe(mountsBefore);
      expect(await namespaces()).toEqual(namespacesBefore);
    });
  });
});

// Ordinary users need it most: whoever tests as root tests for them, too.
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

it.skipIf(!isRoot || reason !== null)(
  'a lab of an ordinary user is isolated too, and leaves nothing behind',
  async () => {
    await chown(directory, nobody, nobody);
    const options = { execArgv: [], silent: true, uid: nobody, gid: nobody };
    const host = fork(held, [directory, 'isolated'], options);
    const exited = once(host, 'exit');
    await Promise.race([
      once(host, 'message'),
      text(host.stderr ?? Readable.from([])).then((words) => Promise.reject(new Error(words))),
    ]);
    const owners = (await labProcesses(directory)).map(({ pid }) => statSync(`/proc/${pid}`).uid);
    expect(new Set(owners)).toEqual(new Set([nobody]));
    host.kill('SIGKILL');
    await exited;
    await expect.poll(() => labProcesses(directory), { timeout: 10_000 }).toEqual([]);
    expect(await left()).toEqual([]);
  },
);

/** What the lab has not removed, of what it should have. */
async function left(): Promise<readonly string[]> {
  const kept = ['logs', 'pki', 'store'];
  return (await readdir(directory)).filter((file) => !kept.includes(file));
}

/** Those that have a name on the host. */
async function namespaces(): Promise<readonly string[]> {
  return readdir('/run/netns').catch(() => []);
}

function pidOf(processes: readonly LabProcess[], command: RegExp): number {
  const found = processes.find((process) => command.test(process.command));
  if (!found) throw new Error(`${command} is not among ${JSON.stringify(processes)}`);
  return found.pid;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockState } from './state-lock.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

/** A process that does nothing until it is killed. */
async function startBystander() {
  const script = join(directory, 'bystander.js');
  await writeFile(script, `setInterval(() => {}, 1000); process.send('here');`);
  const child = fork(script, { execArgv: [] });
  await once(child, 'message');
  return child;
}

describe('the lock of a state directory', () => {
  it('is had by one lab at a time, and says by whom', async () => {
    const lock = await lockState(directory, path);
    const refused = lockState(directory, path);
    await expect(refused).rejects.toThrow(
      `A lab runs in ${directory} already (process ${process.pid}).`,
    );
    await lock[Symbol.asyncDispose]();
    await expect(access(path)).rejects.toThrow('ENOENT');
    await using again = await lockState(directory, path);
    expect(again).toBeDefined();
  });

  it('is taken over from a process that has ended', async () => {
    const gone = await startBystander();
    const exited = once(gone, 'exit');
    gone.kill('SIGKILL');
    await exited;
    await writeFile(path, JSON.stringify([{ pid: gone.pid, startedAt: '1' }]));
    await using lock = await lockState(directory, path);
    expect(lock).toBeDefined();
  });

  it('is taken over from a process whose id somebody else has now', async () => {
    await writeFile(path, JSON.stringify([{ pid: process.pid, startedAt: '1' }]));
    await using lock = await lockState(directory, path);
    expect(lock).toBeDefined();
  });

  it('is waited for while the supervisor of one that was killed is about to end', async () => {
    const supervisor = await startBystander();
    const lock = await lockState(directory, path);
    await lock.add(supervisor.pid ?? 0);
    const [, left] = JSON.parse(await readFile(path, 'utf8')) as unknown[];
    await writeFile(path, JSON.stringify([{ pid: process.pid, startedAt: '1' }, left]));
    const taking = lockState(directory, path).then(() => 'taken');
    // Longer than it takes to look twice.
    await expect(Promise.race([taking, pause(150, 'waiting')])).resolves.toBe('waiting');
    supervisor.kill('SIGKILL');
    await expect(taking).resolves.toBe('taken');
  });
});

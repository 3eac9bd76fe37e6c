/** Programs in the foreground end with whoever started them. */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runForeground } from './foreground.ts';
import { patience } from './testing/world.ts';

const main = fileURLToPath(new URL('testing/foreground-main.ts', import.meta.url));

test('what it says is passed on line by line, until it is ended', async () => {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await using program = await runForeground({
    path: '/bin/sh',
    args: ['-c', 'echo one; echo two >&2; exec sleep 600'],
    onLine: (line) => {
      lines.push(line);
      if (lines.length === 2) resolve(undefined);
    },
  });
  await promise;
  expect(lines.toSorted()).toEqual(['one', 'two']);
  await program[Symbol.asyncDispose]();
  expect(() => process.kill(program.pid, 0)).toThrow('ESRCH');
});

test('what it said last tells why it ended', async () => {
  await using program = await runForeground({
    path: '/bin/sh',
    args: ['-c', 'echo "no such directive" >&2; exit 3'],
    onLine: () => undefined,
  });
  await expect(program.failed).rejects.toThrow('/bin/sh ended with 3: no such directive');
});

test('one that cannot be started is an error for whoever starts it, and for nobody else', async () => {
  // Without a PATH there is no setpriv in front of it, whose start would succeed.
  vi.stubEnv('PATH', '/nonexistent');
  onTestFinished(() => void vi.unstubAllEnvs());
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const started = runForeground({
    path: '/nonexistent/program',
    args: [],
    onLine: () => undefined,
  });
  await expect(started).rejects.toMatchObject({ code: 'ENOENT' });
  await new Promise(setImmediate);
  expect(unhandled).toEqual([]);
});

test('workers end with it, also when it is killed', async () => {
  let worker = 0;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await using program = await runForeground({
    path: '/bin/sh',
    args: ['-c', 'sleep 600 & echo $!; wait'],
    onLine: (line) => {
      worker = Number(line);
      resolve(undefined);
    },
  });
  await promise;
  program.signal('SIGKILL');
  await expect(program.failed).rejects.toThrow('SIGKILL');
  await expect.poll(() => isRunning(worker), patience).toBe(false);
});

test('it ends when we are killed', async ({ skip }) => {
  if (!hasLeash()) skip('setpriv --pdeathsig is not to be had here');
  const child = fork(main, { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [pid] = (await once(child, 'message')) as [number];
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isRunning(pid), patience).toBe(false);
});

/** One that has ended, and that nobody has asked for, does not run. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/^State:\s+Z/m.test(execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

function hasLeash(): boolean {
  try {
    execFileSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const hop = fileURLToPath(new URL('./hop.ts', import.meta.url));

it('ends without a word, as by SIGPIPE, where nobody reads on', async () => {
  const child = spawn(process.execPath, [hop, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ status: child.exitCode, stderr }).toEqual({ status: 141, stderr: '' });
});

it('lists its subcommands, and says what the load balancer takes', async () => {
  const list = await run('--help');
  const names = [...list.stdout.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name ?? '');
  expect(names).toContain('apiserver-lb');
  const help = await run('apiserver-lb', '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain('Usage: hop apiserver-lb [flags]');
  expect(help.stdout).toContain('--backend strings');
  // Every group and flag has its words.
  expect(help.stdout).not.toMatch(/\b(?:cli|groups|flags)\.[a-z]/);
});

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [hop, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  return { status: child.exitCode, stdout, stderr };
}

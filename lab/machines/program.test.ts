import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const standIn = fileURLToPath(new URL('testing/stand-in.ts', import.meta.url));

it.each([
  ['in order', [], 0],
  ['by force where it cannot end in order', ['--stuck=true'], 1],
])('a program ends with the channel of whoever started it: %s', async (_, flags, status) => {
  const child = fork(standIn, flags, { execArgv: [] });
  const exited = once(child, 'exit');
  await once(child, 'message');
  child.disconnect();
  try {
    expect(await exited).toEqual([status, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

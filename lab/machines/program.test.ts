import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const standIn = fileURLToPath(new URL('testing/stand-in.ts', import.meta.url));

it.each([
  ['it is told to', (child: ChildProcess) => child.kill('SIGTERM')],
  ['whoever started it goes away', (child: ChildProcess) => child.disconnect()],
])('ends at once when %s, also while it still starts', async (_, end) => {
  const child = spawn(process.execPath, [standIn, '--deaf=true'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const late = setTimeout(() => child.kill('SIGKILL'), 4_000);
  // The border: without an encoding, chunks are buffers.
  const [word] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  expect(word.toString()).toBe('starting\n');
  end(child);
  expect(await once(child, 'exit')).toEqual([0, null]);
  clearTimeout(late);
});

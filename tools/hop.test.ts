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

/** Measures in a network namespace of the proof's own: the machine's own rules are left alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Measured, Orders } from './measure.ts';

const program = fileURLToPath(new URL('measure.ts', import.meta.url));

export interface Kernel extends AsyncDisposable {
  /** @throws Error with what the program said, when it failed */
  measure(): Promise<Measured>;
}

export function inOwnNetwork(orders: Orders, signal: AbortSignal): Kernel {
  return {
    measure: async () => {
      const argv = [
        '--user',
        '--map-root-user',
        '--net',
        process.execPath,
        '--no-warnings',
        program,
      ];
      const child = spawn('unshare', argv, { signal, killSignal: 'SIGKILL' });
      const closed = once(child, 'close').then(([status]: unknown[]) => status);
      child.stdin.end(JSON.stringify(orders));
      const [stdout, stderr, status] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        closed,
      ]);
      if (status !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as Measured;
    },
    // What it made ends with its process.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

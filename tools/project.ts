/** The project's own directory, and its programs. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A path inside the project. */
export function project(...segments: readonly string[]): string {
  return join(root, ...segments);
}

/** Runs Node in the project with the terminal as it is; resolves with the exit status. */
export function runNode(args: readonly string[], signal?: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      signal?.removeEventListener('abort', stop);
      resolve(status ?? 1);
    });
  });
}

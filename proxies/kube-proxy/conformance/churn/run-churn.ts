/** Churns in namespaces of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ChurnOptions, ChurnReport } from './churn.ts';

const run = promisify(execFile);

/** @throws Error with what it complained of */
export async function runChurn({ family, changes, seed }: ChurnOptions): Promise<ChurnReport> {
  const main = fileURLToPath(new URL('churn-main.ts', import.meta.url));
  const isolation = ['--user', '--map-root-user', '--net', '--kill-child'];
  const node = [process.execPath, '--expose-gc', main];
  const asked = ['--family', family, '--changes', String(changes), '--seed', String(seed)];
  const { stdout } = await run('unshare', [...isolation, ...node, ...asked], {
    maxBuffer: 256 * 1024 * 1024,
  });
  // Its own report.
  return JSON.parse(stdout) as ChurnReport;
}

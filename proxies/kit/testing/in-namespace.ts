/** Runs a script in a network namespace of its own, as root of it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missingNeeds } from '../needs.ts';

const isolation = ['--user', '--map-root-user', '--net', '--mount'];

/** `null` where there can be one with nftables. In CI there must be. */
export function whyNoNamespace(): string | null {
  if (process.env.CI) return null;
  const missing = missingNeeds().filter((need) => need === 'isolation' || need === 'nftables');
  return missing.length === 0 ? null : `no ${missing.join(', no ')} here`;
}

/**
 * @param script a module that prints one JSON value
 * @param timeoutMs what waits in vain does not outlive the test: less than its hook has
 * @returns the value
 */
export async function runInNamespace(script: URL, timeoutMs = 50_000): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...isolation, process.execPath, fileURLToPath(script)],
    { timeout: timeoutMs, killSignal: 'SIGKILL' },
  );
  return JSON.parse(stdout);
}

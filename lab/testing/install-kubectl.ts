/** Puts Debian's kubectl beside those of the machine: the oldest that the lab must please. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const cache = fileURLToPath(new URL('../../node_modules/.cache/kubectl-1.20/', import.meta.url));

/** Where `installDebianKubectl` puts it. */
export const debianKubectl = join(cache, 'usr/bin/kubectl');

/**
 * Downloads Debian's package `kubernetes-client` and unpacks it into the cache, without installing it.
 * Needs `apt-get` and `dpkg`, and no root.
 *
 * @throws Error when the machine has neither, or the package cannot be had.
 */
export async function installDebianKubectl(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hop-kubectl-'));
  try {
    await run('apt-get', ['download', 'kubernetes-client'], { cwd: directory, timeout: 60_000 });
    const archive = (await readdir(directory)).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get gave no package');
    await run('dpkg', ['-x', archive, 'unpacked'], { cwd: directory, timeout: 60_000 });
    await rm(cache, { recursive: true, force: true });
    await cp(join(directory, 'unpacked'), cache, { recursive: true });
    return debianKubectl;
  } finally {
    await rm(directory, { recursive: true });
  }
}

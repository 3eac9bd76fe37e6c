/** The kubectl binaries of this machine, one of each version. */
import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { debianKubectl } from './install-kubectl.ts';

export interface KubectlBinary {
  readonly path: string;
  /** `v1.33.1` */
  readonly version: string;
  /** The 33 of `v1.33.1`. */
  readonly minor: number;
}

/**
 * What is on the PATH, what `installDebianKubectl` has put beside, and what HOP_KUBECTLS names (paths,
 * separated as in PATH). The newest first; of several with the same version the first found.
 */
export async function findKubectls(): Promise<readonly KubectlBinary[]> {
  const named = (env.HOP_KUBECTLS ?? '').split(delimiter).filter((path) => path !== '');
  const onPath = (env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'kubectl'));
  const candidates = [...onPath, debianKubectl, ...named].map((path) => resolve(path));
  const existing = await Promise.all([...new Set(candidates)].map(executable));
  const distinct = [...new Set(existing.filter((path) => path !== undefined))];
  const binaries = await Promise.all(distinct.map(identify));
  const byVersion = new Map<string, KubectlBinary>();
  for (const binary of binaries) {
    if (binary && !byVersion.has(binary.version)) byVersion.set(binary.version, binary);
  }
  return [...byVersion.values()].sort((one, other) => other.minor - one.minor);
}

async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}

const versionSchema = z.object({
  clientVersion: z.object({ gitVersion: z.string(), minor: z.string() }),
});

const run = promisify(execFile);

/** Undefined for what is called kubectl and is none. */
async function identify(path: string): Promise<KubectlBinary | undefined> {
  try {
    const { stdout } = await run(path, ['version', '--client', '-o', 'json'], { timeout: 10_000 });
    const { clientVersion } = versionSchema.parse(JSON.parse(stdout));
    const minor = Number.parseInt(clientVersion.minor, 10);
    return { path, version: clientVersion.gitVersion, minor };
  } catch {
    return undefined;
  }
}

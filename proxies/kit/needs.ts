/** What this machine offers to proofs: asked once, honestly reported where it is missing. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { needSchema, type Need } from '../descriptor.ts';
import { findProgram } from './find-program.ts';

/** What the machine has to offer; what the lab offers is asked of the lab. */
const isAvailable: Readonly<Record<Exclude<Need, 'isolated-lab'>, () => boolean>> = {
  isolation: () =>
    spawnSync('unshare', [
      '--user',
      '--map-root-user',
      '--net',
      '--mount',
      'ip',
      'link',
      'set',
      'lo',
      'up',
    ]).status === 0,
  nftables: () =>
    spawnSync('unshare', ['--user', '--map-root-user', '--net', 'nft', 'list', 'ruleset'])
      .status === 0,
  'unix-socket': () => process.platform !== 'win32',
  proc: () => existsSync('/proc/self/net/tcp'),
  'other-balancer': () => ['nginx', 'haproxy'].some((name) => findProgram(name) !== null),
};

let missing: readonly Need[] | undefined;

/**
 * The needs that cannot be met here. Costs a few processes the first time.
 *
 * @param lab the lab that runs; absent or null in front of somebody's cluster
 */
export function missingNeeds(lab?: { readonly mode?: string } | null): readonly Need[] {
  missing ??= needSchema.options.filter((need) => need !== 'isolated-lab' && !isAvailable[need]());
  return lab?.mode === 'isolated' ? missing : [...missing, 'isolated-lab'];
}

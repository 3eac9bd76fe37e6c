/** What was measured, as the page reads it. */
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import type { BalancerName } from '../conformance/world/balancer-methods.ts';
import { findProgram, type Program } from '../../kit/testing/needs.ts';
import type { Failover } from './measure.ts';
import { settings, type ScenarioId } from './scenario.ts';

export const measuredFile = new URL('../facts/measured.json', import.meta.url);

export interface Recorded extends Failover {
  readonly scenario: ScenarioId;
  readonly balancer: BalancerName;
}

/** Medians of the rounds. */
export function recordOf(
  failover: readonly Recorded[],
  { rounds, rate }: { readonly rounds: number; readonly rate: number },
) {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpus: cpus().length, kernel: release().split('-')[0] },
    versions: {
      node: process.versions.node,
      nft: versionOf('nft', ['--version']),
      nginx: versionOf('nginx', ['-v']),
      haproxy: versionOf('haproxy', ['-v']),
    },
    settings: { ...settings, requestsPerSecond: rate },
    rounds,
    failover,
  };
}

/** The first number with dots that it says; null where it is not installed. */
function versionOf(program: Program, argv: readonly string[]): string | null {
  const path = findProgram(program);
  if (path === null) return null;
  const said = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', path, ...argv], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(said)?.[0] ?? null;
}

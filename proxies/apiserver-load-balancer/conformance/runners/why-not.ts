/** Whether an implementation can be tried on this machine. */
import { missingNeeds } from '../../../kit/needs.ts';
import { findProgram, type Program } from '../../../kit/testing/needs.ts';
import type { Subject } from '../cases/case.ts';

/** Programs that a subject is made of. */
const programs: Partial<Record<Subject, Program>> = {
  nftables: 'nft',
  nginx: 'nginx',
  haproxy: 'haproxy',
};

/** `null` where it can be tried. In CI it must. */
export function whyNot(subject: Subject): string | null {
  if (process.env.CI) return null;
  const program = programs[subject];
  if (program !== undefined && findProgram(program) === null) return `without ${program}`;
  const missing = missingNeeds().filter(
    (need) => need === 'isolation' || (need === 'nftables' && subject === 'nftables'),
  );
  return missing.length === 0 ? null : `without ${missing.join(' and ')}`;
}

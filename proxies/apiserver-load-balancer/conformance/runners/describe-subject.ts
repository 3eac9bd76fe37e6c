/** The suite, for one implementation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingNeeds } from '../../../kit/needs.ts';
import { callsTo } from '../../../kit/testing/calls.ts';
import { startIsolatedChild, type IsolatedChild } from '../../../kit/testing/isolated-child.ts';
import { findProgram, type Program } from '../../../kit/testing/needs.ts';
import { conformanceCases } from '../cases/all.ts';
import { expectedOf, type Subject } from '../cases/case.ts';
import type { Played } from '../world/world-main.ts';

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

export function describeSubject(subject: Subject): void {
  const reason = whyNot(subject);
  describe.skipIf(reason !== null)(
    `conformance of ${subject} (${reason ?? 'to be had here'})`,
    () => {
      let isolated: IsolatedChild;
      let world: Played;
      beforeAll(async () => {
        isolated = await startIsolatedChild(new URL('../world/world-main.ts', import.meta.url));
        world = callsTo<Played>(isolated.child, ['play']);
      });
      afterAll(() => isolated[Symbol.asyncDispose]());

      it.each(conformanceCases)('$name', { timeout: 60_000 }, async (one) => {
        expect(await world.play(one.name, subject)).toEqual(expectedOf(one, subject));
      });
    },
  );
}

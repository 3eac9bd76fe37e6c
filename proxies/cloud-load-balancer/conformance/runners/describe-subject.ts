/** The suite, for one dataplane. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsTo } from '../../../kit/testing/calls.ts';
import { whyNoNamespace } from '../../../kit/testing/in-namespace.ts';
import { startIsolatedChild, type IsolatedChild } from '../../../kit/testing/isolated-child.ts';
import type { DataplaneSubject } from '../../nftables/limits.ts';
import { conformanceCases } from '../cases/all.ts';
import { expectedOf } from '../cases/case.ts';
import type { Played } from '../world/world-main.ts';

export function describeSubject(subject: DataplaneSubject): void {
  const reason = whyNoNamespace();
  describe.skipIf(reason !== null)(
    `conformance of ${subject} (${reason ?? 'to be had here'})`,
    () => {
      let isolated: IsolatedChild;
      let world: Played;
      beforeAll(async () => {
        isolated = await startIsolatedChild(new URL('../world/world-main.ts', import.meta.url));
        world = callsTo<Played>(isolated.child, ['play']);
      }, 60_000);
      afterAll(() => isolated[Symbol.asyncDispose]());

      it.each(conformanceCases)('$name', { timeout: 60_000 }, async (one) => {
        expect(await world.play(one.name, subject)).toEqual(expectedOf(one, subject));
      });
    },
  );
}

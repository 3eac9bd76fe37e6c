import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userspaceLimits, type UserspaceLimitId } from '../userspace/limits.ts';
import { conformanceCases } from './cases/all.ts';
import { inWorld, listenersOf } from './runners/in-world.ts';
import { expectedLines, observedLines } from './runners/report.ts';
import { inUserSpace } from './runners/user-space-case.ts';
import { walkCase } from './runners/walk-case.ts';
import { whyNoWorld } from './world/why-no-world.ts';
import { openWorld, type World } from './world/world.ts';

const reason = whyNoWorld();

/** No case of the suite comes across these: they have tests of their own. */
const elsewhere: readonly UserspaceLimitId[] = [
  'accepts-first',
  'no-icmp',
  'pods-by-interface',
  'privileged-ports',
  'restart',
];

const limited = conformanceCases.map((one) => ({ ...inUserSpace(one), name: one.name }));

describe('the limits of user space', () => {
  it('are all met in the suite, but for those that packets alone do not show', () => {
    const met = new Set(limited.flatMap(({ limits }) => [...limits]));
    const listed = userspaceLimits.map(({ id }) => id);
    expect([...met, ...elsewhere].toSorted()).toEqual(listed.toSorted());
  });
});

describe.skipIf(reason !== null)(
  `conformance, in user space (${reason ?? 'to be had here'})`,
  () => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld();
      await world.listen(listenersOf(conformanceCases));
    });
    afterAll(() => world[Symbol.asyncDispose]());

    it.each(limited)('$name', async ({ limited: one }) => {
      const walked = await walkCase(one, inWorld(world, 'userspace'));
      expect(observedLines(walked)).toEqual(expectedLines(walked));
    });
  },
);

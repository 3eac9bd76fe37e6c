import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCases } from './cases/all.ts';
import { expectedLines, observedLines } from './runners/report.ts';
import { inWorld, listenersOf } from './runners/in-world.ts';
import { walkCase } from './runners/walk-case.ts';
import { whyNoWorld } from './world/why-no-world.ts';
import { openWorld, type World } from './world/world.ts';

const reason = whyNoWorld();

describe.skipIf(reason !== null)(
  `conformance, in the kernel (${reason ?? 'to be had here'})`,
  () => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld();
      await world.listen(listenersOf(conformanceCases));
    });
    afterAll(() => world[Symbol.asyncDispose]());

    it.each(conformanceCases)('$name', async (one) => {
      const walked = await walkCase(one, inWorld(world, 'nftables'));
      expect(observedLines(walked)).toEqual(expectedLines(walked));
    });
  },
);

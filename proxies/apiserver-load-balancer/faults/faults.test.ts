/** What goes wrong around the load balancer, with real connections of a client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNot } from '../conformance/runners/why-not.ts';
import { openFaultWorld, type OpenedFaultWorld } from './testing/open-world.ts';

const dataplanes = ['userspace', 'nftables'] as const;

describe.each(dataplanes)('around hop, %s', (dataplane) => {
  const reason = whyNot(dataplane);
  describe.skipIf(reason !== null)(reason ?? 'to be had here', () => {
    let world: OpenedFaultWorld;
    beforeAll(async () => {
      world = await openFaultWorld();
    });
    afterAll(() => world[Symbol.asyncDispose]());

    it('it is killed and started again: new connections come through, old ones as its limits say', async () => {
      expect(await world.killed(dataplane)).toEqual({
        whileGone: dataplane === 'nftables' ? 'lives' : 'ended',
        onceBack: dataplane === 'nftables' ? 'lives' : 'ended',
        newOnes: 'answered ×6',
      });
    });

    it('its port is taken: it says so', async () => {
      expect(await world.portTaken(dataplane)).toMatch(/EADDRINUSE/);
    });

    it.each(['reset', 'garbage'] as const)(
      'a backend answers everybody with %s: it gets nothing',
      async (behaviour) => {
        expect(await world.strange(dataplane, behaviour)).toBe('backend-2 ×6, backend-3 ×6');
      },
    );
  });
});

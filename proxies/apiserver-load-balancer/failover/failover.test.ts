import { expect, it } from 'vitest';
import { whyNot } from '../conformance/runners/why-not.ts';
import { openFailoverWorld } from './open-world.ts';

const reason = whyNot('userspace');

/** The others take minutes: `node proxies/apiserver-load-balancer/failover/run.ts`. */
it.skipIf(reason !== null)(
  `an apiserver is paused, and no new connection fails (${reason ?? 'to be had here'})`,
  { timeout: 120_000 },
  async () => {
    await using world = await openFailoverWorld();
    // Not so short that a busy machine takes those for dead that are well.
    const seen = await world.measure('paused', 'userspace', 10, 12_000, 2_500);
    expect(seen).toMatchObject({ failed: 0, failures: {}, othersEnded: 0 });
    expect(seen.requests).toBeGreaterThan(10);
    expect(seen.idleEndedMs).not.toBeNull();
  },
);

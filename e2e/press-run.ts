/** The button of a claim or an example. */
import type { Locator } from 'playwright-core';
import type { Sayings } from './sayings.ts';

/** Presses *Run* and waits for the end. @returns where it is told */
export function pressRun({ say }: Sayings): (place: Locator) => Promise<Locator> {
  return async (place) => {
    await place.getByRole('button', { name: say('interface:run.run'), exact: true }).click();
    const again = place.getByRole('button', { name: say('interface:run.again'), exact: true });
    // A proof starts programs, and proofs take turns.
    await again.waitFor({ timeout: 45_000 });
    return place.locator('.live');
  };
}

/** Whether tests can have a world here. In CI they must: there nothing is skipped. */
import { missingNeeds } from '../../../kit/needs.ts';

/** `null` when they can. */
export function whyNoWorld(): string | null {
  if (process.env.CI) return null;
  const missing = missingNeeds().filter((need) => need === 'isolation' || need === 'nftables');
  return missing.length === 0 ? null : `without ${missing.join(' and ')}`;
}

/** The providers that are not ours, and what they make of a protocol. */
import type { Support } from '../profile.ts';
import type { Transport } from '../service.ts';
import { profiles } from './profiles.ts';

/** All profiles but that of our own cloud, which takes everything. */
export const clouds = profiles.filter(({ id }) => id !== 'hop');

/** Their names, in the order of the page. */
export function titlesOfThose(protocol: Transport, ...support: readonly Support[]): string[] {
  return clouds
    .filter(({ protocols }) => support.includes(protocols.value[protocol]))
    .map(({ title }) => title);
}

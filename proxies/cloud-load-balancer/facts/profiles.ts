/** The clouds, in the order in which the page tells of them. */
import type { ProviderProfile } from '../profile.ts';
import { hop } from './profiles/hop.ts';

export const profiles = [hop] as const satisfies readonly ProviderProfile[];

export type ProfileId = (typeof profiles)[number]['id'];

export function findProfile(id: string): ProviderProfile | undefined {
  return profiles.find((profile) => profile.id === id);
}

/** The provider that serves a Service: the one of `--provider`, unless it may choose, and does. */
import type { Configuration } from '../config/configuration.ts';
import { findProfile } from '../facts/profiles.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Service } from '../service.ts';

export type ProfileOf = (service: Service) => ProviderProfile;

/** What it returns throws an Error for a provider that there is not: it is told in an event of the Service. */
export function createProfileOf({
  profile,
  providerAnnotation: key,
}: Pick<Configuration, 'profile' | 'providerAnnotation'>): ProfileOf {
  return ({ metadata }) => {
    const id = key === null ? undefined : metadata.annotations?.[key];
    if (id === undefined) return profile;
    const chosen = findProfile(id);
    if (!chosen) throw new Error(`${key}: there is no provider ${JSON.stringify(id)}`);
    return chosen;
  };
}

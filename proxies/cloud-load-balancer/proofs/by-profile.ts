/** Clouds by their names: a Service says whose behaviour it wants, and gets it. */
import { findProfile } from '../facts/profiles.ts';
import { hop } from '../facts/profiles/hop.ts';
import { providerAnnotation } from '../facts/provider-annotation.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Service, ServicePort } from '../service.ts';
import type { NewService } from './own-cloud.ts';

/** The profile that a Service names. */
export function namedProfile({ metadata }: Service): ProviderProfile {
  return findProfile(metadata.annotations?.[providerAnnotation] ?? '') ?? hop;
}

export interface AskedCloud {
  readonly profile: ProviderProfile;
  /** Of the Service. */
  readonly name: string;
  readonly ports: readonly ServicePort[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Service for the cloud of that profile. */
export function serviceFor({ profile, name, ports, annotations = {} }: AskedCloud): NewService {
  return {
    name,
    annotations: { ...annotations, [providerAnnotation]: profile.id },
    spec: { type: 'LoadBalancer', ports },
  };
}

/** No two Services of one world have a port in common: some share the addresses of the nodes. */
export function portNumber(index: number): number {
  return 7000 + index;
}

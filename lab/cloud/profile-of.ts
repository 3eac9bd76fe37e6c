/** The cloud that a Service of the lab is served by: the lab's own, unless the Service names another. */
import { findProfile } from '../../proxies/cloud-load-balancer/facts/profiles.ts';
import type { ProviderProfile } from '../../proxies/cloud-load-balancer/profile.ts';
import { ImplementedElsewhere } from '../../proxies/cloud-load-balancer/provider.ts';
import type { Service } from '../../proxies/cloud-load-balancer/service.ts';

/** `--provider-annotation` of the lab. */
export const providerAnnotation = 'hop-by-hop.dev/provider';
/** As a cluster has it where nobody gives addresses to Services. */
const nobody = 'none';

/** @throws ImplementedElsewhere for `none`; Error for a cloud that there is not */
export function profileOf({ metadata }: Service): ProviderProfile {
  const id = metadata.annotations?.[providerAnnotation] ?? 'hop';
  if (id === nobody) throw new ImplementedElsewhere('nobody serves it');
  const profile = findProfile(id);
  if (!profile) throw new Error(`${providerAnnotation}: there is no cloud ${JSON.stringify(id)}`);
  return profile;
}

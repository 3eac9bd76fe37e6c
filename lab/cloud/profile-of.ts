/** The cloud that a Service of the lab is served by: the lab's own, unless the Service names another. */
import { createProfileOf } from '../../proxies/cloud-load-balancer/command/profile-of.ts';
import { hop } from '../../proxies/cloud-load-balancer/facts/profiles/hop.ts';
import { providerAnnotation } from '../../proxies/cloud-load-balancer/facts/provider-annotation.ts';

export const defaultProfile = hop;

export const profileOf = createProfileOf({ profile: hop, providerAnnotation });

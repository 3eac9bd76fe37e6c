/** For tests: a hop cloud, with what it tells and logs. */
import { createFakeClock, type FakeClock } from '../../../kit/testing/fake-clock.ts';
import { hop } from '../../facts/profiles/hop.ts';
import type { HealthCheck, ProviderProfile } from '../../profile.ts';
import type { Service } from '../../service.ts';
import type { HopCloud, HopCloudOptions } from '../options.ts';
import { createHopCloud } from '../provider.ts';
import { createFakeDataplane, type FakeDataplane } from './fake-dataplane.ts';

export interface CloudWorld extends AsyncDisposable {
  readonly cloud: HopCloud;
  readonly dataplane: FakeDataplane;
  readonly clock: FakeClock;
  /** `shop/shop Warning Reason: message` */
  readonly events: readonly string[];
  readonly log: readonly string[];
  /** Of a call that nobody gives up. */
  readonly signal: AbortSignal;
}

/** Nodes are not asked for their health, if not told otherwise. */
export async function cloudWorld(options: Partial<HopCloudOptions> = {}): Promise<CloudWorld> {
  const clock = createFakeClock();
  const dataplane = createFakeDataplane();
  const events: string[] = [];
  const log: string[] = [];
  const { signal } = new AbortController();
  const cloud = await createHopCloud({
    dataplane,
    addressPools: ['203.0.113.0/24', '2001:db8:113::/64'],
    profileOf: () => unasked(hop),
    ipMode: 'VIP',
    clock,
    tell: ({ metadata }: Service, type, reason, message) =>
      events.push(`${metadata.namespace}/${metadata.name} ${type} ${reason}: ${message}`),
    log: (line) => log.push(line),
    ...options,
  });
  await cloud.begin([], [], signal);
  return {
    cloud,
    dataplane,
    clock,
    events,
    log,
    signal,
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

export function unasked(profile: ProviderProfile): ProviderProfile {
  return asked(profile, null);
}

export function asked(profile: ProviderProfile, check: HealthCheck | null): ProviderProfile {
  return { ...profile, healthCheck: { value: check, sources: [] } };
}

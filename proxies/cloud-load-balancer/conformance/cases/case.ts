/** What a case is: what is done, and what all dataplanes show then. */
import type { DataplaneLimitId, DataplaneSubject } from '../../nftables/limits.ts';
import type { Stage } from '../world/stage.ts';

/** By what is looked at: `a client`, `the live connection`. */
export type Observed = Readonly<Record<string, string>>;

/** A subject shows something else, for a reason that the limits name. */
export interface Deviation {
  readonly because: DataplaneLimitId;
  /** What differs; the rest is as expected. */
  readonly sees: Observed;
}

export interface ConformanceCase {
  readonly name: string;
  readonly act: (stage: Stage) => Promise<Observed>;
  readonly expect: Observed;
  readonly instead?: Partial<Readonly<Record<DataplaneSubject, readonly Deviation[]>>>;
}

/** What this one is to show. */
export function expectedOf(
  { expect, instead }: ConformanceCase,
  subject: DataplaneSubject,
): Observed {
  const deviations = instead?.[subject] ?? [];
  return Object.assign({}, expect, ...deviations.map(({ sees }) => sees)) as Observed;
}

/** In `Proxy`, nodes see the load balancer instead of the client. */
export function fromBalancer(sees: Observed): NonNullable<ConformanceCase['instead']> {
  const deviation: readonly Deviation[] = [{ because: 'client-address', sees }];
  return { 'nftables Proxy': deviation, userspace: deviation };
}

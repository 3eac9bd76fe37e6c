/** What a case is: what is done, and what all implementations show then. */
import type { CheckOptions } from '../../balancer.ts';
import type { ImplementationLimitId } from '../../implementations/limits.ts';
import type { NftablesLimitId } from '../../nftables/limits.ts';
import type { DirectLimitId } from '../direct-limits.ts';
import type { BackendNumber } from '../world/places.ts';
import type { AgentOptions } from '../world/balancer-methods.ts';
import type { Stage } from '../world/stage.ts';

/** Who is in front of the backends. `none`: clients know one backend's address, and nothing else. */
export const subjects = ['userspace', 'nftables', 'nginx', 'haproxy', 'none'] as const;
export type Subject = (typeof subjects)[number];

/** By what is looked at: `new connections`, `the watch`. */
export type Observed = Readonly<Record<string, string>>;

/** A backend on the list. */
export type Listed = BackendNumber | { readonly number: BackendNumber; readonly drains: true };

/** An implementation shows something else, for a reason that its limits name. */
export interface Deviation {
  /** The id of a limit, in the data of the implementation. */
  readonly because: LimitId;
  /** What differs; the rest is as expected. */
  readonly sees: Observed;
}

export type LimitId = NftablesLimitId | ImplementationLimitId | DirectLimitId;

/** What differs from what cases do not say. */
export type CaseOptions = Partial<Omit<AgentOptions, 'check'>> & {
  readonly check?: Partial<CheckOptions>;
};

export interface ConformanceCase {
  readonly name: string;
  readonly options?: CaseOptions;
  /** The list at the start; all three in IPv4 unless said. */
  readonly backends?: readonly Listed[];
  readonly backendFamily?: 'IPv6';
  /** The family of the backends unless said. */
  readonly clientFamily?: 'IPv4';
  /** Whom to wait for at the start; all on the list unless said. */
  readonly readyAtStart?: readonly BackendNumber[];
  /** Before anybody balances. */
  readonly prepare?: (stage: Pick<Stage, 'backends'>) => Promise<void>;
  /**
   * How often it may be tried again where it shows something else: who is late for a moment, as on a busy
   * machine, is suspected and gets nothing meanwhile.
   */
  readonly triesAgain?: number;
  readonly act: (stage: Stage) => Promise<Observed>;
  readonly expect: Observed;
  readonly instead?: Partial<Readonly<Record<Subject, readonly Deviation[]>>>;
}

/** What this one is to show. */
export function expectedOf({ expect, instead }: ConformanceCase, subject: Subject): Observed {
  const deviations = instead?.[subject] ?? [];
  return Object.assign({}, expect, ...deviations.map(({ sees }) => sees)) as Observed;
}

/** @example deviates('retry', { six: 'failed ×2' }) */
export function deviates(because: LimitId, sees: Observed): readonly Deviation[] {
  return [{ because, sees }];
}

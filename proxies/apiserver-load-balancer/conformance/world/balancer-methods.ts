/** What whoever balances can be told to do. Loads nothing of them. */
import type { WantedBackend } from '../../backend.ts';
import type { BalancerOptions } from '../../balancer.ts';
import type { ForwardedConnection } from '../../dataplane.ts';

/** Who can be asked to balance. */
export const balancerNames = ['userspace', 'nftables', 'nginx', 'haproxy'] as const;
export type BalancerName = (typeof balancerNames)[number];

/** What can be told through a channel. */
export type AgentOptions = Omit<BalancerOptions, 'log'>;

export interface BalancerAgent {
  /** @returns where it serves */
  start(name: BalancerName, options: AgentOptions): Promise<readonly string[]>;
  setBackends(backends: readonly WantedBackend[]): Promise<void>;
  /** The condition of each, by name; null where it does not say. */
  conditions(): Promise<Readonly<Record<string, string>> | null>;
  connections(): Promise<readonly ForwardedConnection[] | null>;
  counts(): Promise<Readonly<Record<string, number | null>> | null>;
  /**
   * When new connections began to go elsewhere, in milliseconds of the system's clock: the first plan without
   * that backend that was in force after `since`. Null where it does not say.
   */
  switchedAt(since: number, backend: string): Promise<number | null>;
  /** What it said so far. */
  said(): Promise<readonly string[]>;
  /** `kill -9`, of itself. */
  die(): Promise<void>;
  processId(): Promise<number>;
  /** After garbage was collected. */
  weigh(): Promise<{ readonly heapBytes: number; readonly rssBytes: number }>;
  stop(): Promise<void>;
}

export const balancerMethods = [
  'start',
  'setBackends',
  'conditions',
  'connections',
  'counts',
  'switchedAt',
  'said',
  'die',
  'processId',
  'weigh',
  'stop',
] as const satisfies readonly (keyof BalancerAgent)[];

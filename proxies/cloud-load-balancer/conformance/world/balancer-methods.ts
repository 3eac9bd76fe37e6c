/** What the load balancer's process can be told to do. Loads nothing of it. */
import type { Dataplane, ForwardedFlow, Forwarding } from '../../forwarding.ts';

export interface BalancerAgent {
  /** @param device where the kernel's announces its addresses, if anywhere */
  start(kind: Dataplane['kind'], device?: string): Promise<void>;
  replaceAll(forwardings: readonly Forwarding[]): Promise<void>;
  ensure(forwarding: Forwarding): Promise<void>;
  remove(name: string): Promise<void>;
  /** Begins to note flows. */
  watch(): Promise<void>;
  /** Those that were told since. */
  flows(): Promise<readonly ForwardedFlow[]>;
  /** `kill -9`, of itself. */
  die(): Promise<void>;
  stop(): Promise<void>;
  /** `--cleanup` */
  cleanUp(): Promise<void>;
  said(): Promise<readonly string[]>;
}

export const balancerMethods = [
  'start',
  'replaceAll',
  'ensure',
  'remove',
  'watch',
  'flows',
  'die',
  'stop',
  'cleanUp',
  'said',
] as const satisfies readonly (keyof BalancerAgent)[];

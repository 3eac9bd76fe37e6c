/** Has packets forwarded to other nodes when their health has changed. */
import type { Clock } from '../../kit/clock.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Served } from './served.ts';

export interface ReplanningOptions {
  readonly balancers: ReadonlyMap<string, LoadBalancer>;
  readonly served: Pick<Served, 'forward'>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

export class Replanning implements Disposable {
  private readonly options: ReplanningOptions;
  /** Those that wait for their turn. */
  private readonly pending = new Set<LoadBalancer>();
  private readonly retries = new Map<LoadBalancer, Disposable>();
  private isOver = false;

  constructor(options: ReplanningOptions) {
    this.options = options;
  }

  changed(names: readonly string[]): void {
    for (const name of names) {
      const balancer = this.options.balancers.get(name);
      if (balancer) this.replan(balancer, firstRetryMs);
    }
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    for (const retry of this.retries.values()) retry[Symbol.dispose]();
    this.retries.clear();
  }

  private replan(balancer: LoadBalancer, retryMs: number): void {
    if (this.isOver || this.pending.has(balancer)) return;
    this.pending.add(balancer);
    this.retries.get(balancer)?.[Symbol.dispose]();
    this.retries.delete(balancer);
    const { balancers, served, clock, log } = this.options;
    const forward = async () => {
      this.pending.delete(balancer);
      if (this.isOver || balancers.get(balancer.name) !== balancer) return;
      await served.forward(balancer);
    };
    balancer.inTurn(forward).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log(`${balancer.name}: its nodes could not be changed: ${reason}`);
      if (this.isOver) return;
      const again = () => this.replan(balancer, Math.min(longestRetryMs, retryMs * 2));
      this.retries.set(balancer, clock.after(retryMs, again));
    });
  }
}

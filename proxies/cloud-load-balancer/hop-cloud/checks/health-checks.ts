/** Asks nodes for their health: each address and port once, for all load balancers that want to know. */
import type { Clock } from '../../../kit/clock.ts';
import type { HealthCheck } from '../../profile.ts';
import { askHealth, type HealthQuestion } from './ask-health.ts';
import type { Health } from './health.ts';
import { RunningCheck } from './running-check.ts';

export interface CheckedNode extends Omit<HealthQuestion, 'timeoutMs'> {
  readonly check: Omit<HealthCheck, 'asks'>;
}

export interface HealthChecksOptions {
  readonly clock: Clock;
  /** The health of a node has changed, or is known at last: for these load balancers. */
  readonly onChange: (owners: readonly string[]) => void;
  /** How many are asked at once: 64. */
  readonly limit?: number;
}

export class HealthChecks implements Disposable {
  private readonly options: HealthChecksOptions;
  private readonly ending = new AbortController();
  private readonly checks = new Map<string, RunningCheck>();
  /** What each load balancer wants, by keys. */
  private readonly wanted = new Map<string, ReadonlySet<string>>();
  private readonly waiting: (() => Promise<void>)[] = [];
  private askedNow = 0;

  constructor(options: HealthChecksOptions) {
    this.options = options;
  }

  get count(): number {
    return this.checks.size;
  }

  /** Instead of what it wanted before; nothing ends its interest. */
  want(owner: string, nodes: readonly CheckedNode[]): void {
    const before = this.wanted.get(owner);
    const keys = new Set<string>();
    for (const node of nodes) {
      const key = keyOf(node);
      keys.add(key);
      if (!before?.has(key)) this.begin(key, node).owners.add(owner);
    }
    if (keys.size > 0) this.wanted.set(owner, keys);
    else this.wanted.delete(owner);
    for (const key of before ?? []) if (!keys.has(key)) this.leave(key, owner);
  }

  healthOf(node: CheckedNode): Health {
    return this.checks.get(keyOf(node))?.record.health ?? 'unknown';
  }

  /** Resolves when all that it wants have answered once, or failed to. */
  async answered(owner: string): Promise<void> {
    const keys = [...(this.wanted.get(owner) ?? [])];
    await Promise.all(keys.flatMap((key) => this.checks.get(key)?.firstAnswer ?? []));
  }

  [Symbol.dispose](): void {
    this.ending.abort();
    for (const check of this.checks.values()) check[Symbol.dispose]();
    this.checks.clear();
    this.wanted.clear();
    this.waiting.length = 0;
  }

  private begin(key: string, { check, ...node }: CheckedNode): RunningCheck {
    const known = this.checks.get(key);
    if (known) return known;
    const { clock, onChange } = this.options;
    const question = { ...node, timeoutMs: check.timeoutSeconds * 1_000 };
    const running: RunningCheck = new RunningCheck(check, {
      clock,
      ask: (isOver) => this.inTurn(() => askHealth(question, clock, this.ending.signal), isOver),
      onChange: () => onChange([...running.owners]),
      isUrgent: () => this.isUrgent(running.owners),
    });
    this.checks.set(key, running);
    running.start();
    return running;
  }

  /** Whether one of them has nobody to send clients to. */
  private isUrgent(owners: ReadonlySet<string>): boolean {
    return owners.values().some((owner) => !this.hasHealthy(owner));
  }

  private hasHealthy(owner: string): boolean {
    const keys = this.wanted.get(owner)?.values();
    return keys?.some((key) => this.checks.get(key)?.record.health === 'healthy') ?? false;
  }

  private leave(key: string, owner: string): void {
    const check = this.checks.get(key);
    if (!check?.owners.delete(owner) || check.owners.size > 0) return;
    check[Symbol.dispose]();
    this.checks.delete(key);
  }

  /** Not all at once: null when nobody wants to know any more. */
  private inTurn(ask: () => Promise<boolean>, isOver: () => boolean): Promise<boolean | null> {
    const { promise, resolve } = Promise.withResolvers<boolean | null>();
    this.waiting.push(async () => resolve(isOver() ? null : await ask()));
    this.askNext();
    return promise;
  }

  private askNext(): void {
    const { limit = 64 } = this.options;
    while (this.askedNow < limit) {
      const ask = this.waiting.shift();
      if (ask === undefined) return;
      this.askedNow += 1;
      void ask().finally(() => {
        this.askedNow -= 1;
        this.askNext();
      });
    }
  }
}

function keyOf({ address, port, how, check }: CheckedNode): string {
  const { intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = check;
  const times = `${intervalSeconds} ${timeoutSeconds} ${healthyThreshold} ${unhealthyThreshold}`;
  return `${how} ${address} ${port} ${times}`;
}

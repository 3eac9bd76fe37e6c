/** One node asked again and again. */
import type { Clock } from '../../../kit/clock.ts';
import type { CheckedNode } from './health-checks.ts';
import { afterAnswer, unknownHealth, type HealthRecord } from './health.ts';

export interface RunningCheckOptions {
  readonly clock: Clock;
  /** Null: it was not asked, because it is over. */
  readonly ask: (isOver: () => boolean) => Promise<boolean | null>;
  readonly onChange: () => void;
  /** Whether somebody who wants to know has no node that is well. */
  readonly isUrgent: () => boolean;
}

/**
 * A node that was never well is asked sooner than by its interval, less and less so: one that has just begun to serve
 * is not to wait for a check that came too early.
 */
const firstAgainMs = 250;

/** It is not asked less and less so many times, where clients are refused meanwhile: pods take seconds to be ready. */
const urgentTimes = 16;

export class RunningCheck implements Disposable {
  readonly owners = new Set<string>();
  readonly firstAnswer: Promise<undefined>;
  record: HealthRecord = unknownHealth;
  private readonly check: CheckedNode['check'];
  private readonly options: RunningCheckOptions;
  private readonly answered: () => void;
  private againMs = firstAgainMs;
  private urgentLeft = urgentTimes;
  private wasHealthy = false;
  private timer: Disposable | null = null;
  private isOver = false;

  constructor(check: CheckedNode['check'], options: RunningCheckOptions) {
    this.check = check;
    this.options = options;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.firstAnswer = promise;
    this.answered = () => resolve(undefined);
  }

  start(): void {
    void this.askOnce();
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.timer?.[Symbol.dispose]();
    this.answered();
  }

  private async askOnce(): Promise<void> {
    const isGood = await this.options.ask(() => this.isOver);
    if (this.isOver || isGood === null) return;
    const before = this.record.health;
    this.record = afterAnswer(this.record, isGood, this.check);
    this.wasHealthy ||= this.record.health === 'healthy';
    this.answered();
    this.timer = this.options.clock.after(this.nextMs(), () => void this.askOnce());
    if (this.record.health !== before) this.options.onChange();
  }

  private nextMs(): number {
    const intervalMs = this.check.intervalSeconds * 1_000;
    if (this.wasHealthy) return intervalMs;
    const nextMs = Math.min(this.againMs, intervalMs);
    if (this.urgentLeft > 0 && this.options.isUrgent()) this.urgentLeft -= 1;
    else this.againMs *= 2;
    return nextMs;
  }
}

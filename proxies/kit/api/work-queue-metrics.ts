/** What a work queue counts, as upstream's do (component-base, metrics/prometheus/workqueue). */
import { createHistogram, type Histogram } from '../prometheus-histogram.ts';
import { labelsOf } from '../prometheus-text.ts';

/** Told what becomes of each key. */
export interface WorkQueueObserver {
  added(key: string): void;
  retried(): void;
  /** From now on it is worked on. */
  began(key: string): void;
  ended(key: string): void;
}

export interface WorkQueueMetrics extends WorkQueueObserver {
  readonly depth: number;
  readonly adds: number;
  readonly retries: number;
  /** How long keys wait. */
  readonly queueSeconds: Histogram;
  readonly workSeconds: Histogram;
  /** Of all that is worked on now, together. */
  unfinishedSeconds(): number;
  longestRunningSeconds(): number;
}

/** Upstream's: from ten nanoseconds to ten seconds. */
export const workQueueBuckets = Array.from({ length: 10 }, (_, power) => 1e-8 * 10 ** power);

/** @param name of the queue: the label of its histograms */
export function createWorkQueueMetrics(name: string): WorkQueueMetrics {
  const labels = labelsOf({ name });
  const waiting = new Map<string, number>();
  const running = new Map<string, number>();
  const [queueSeconds, workSeconds] = [
    createHistogram(workQueueBuckets),
    createHistogram(workQueueBuckets),
  ];
  queueSeconds.begin(labels);
  workSeconds.begin(labels);
  let adds = 0;
  let retries = 0;
  const secondsOf = (from: number) => (performance.now() - from) / 1000;
  const runningSeconds = () => [...running.values()].map(secondsOf);
  return {
    get depth() {
      return waiting.size;
    },
    get adds() {
      return adds;
    },
    get retries() {
      return retries;
    },
    queueSeconds,
    workSeconds,
    unfinishedSeconds: () => runningSeconds().reduce((sum, seconds) => sum + seconds, 0),
    longestRunningSeconds: () => Math.max(0, ...runningSeconds()),
    added: (key) => {
      if (waiting.has(key)) return;
      adds += 1;
      waiting.set(key, performance.now());
    },
    retried: () => {
      retries += 1;
    },
    began: (key) => {
      const from = waiting.get(key);
      if (from !== undefined) queueSeconds.observe(labels, secondsOf(from));
      waiting.delete(key);
      running.set(key, performance.now());
    },
    ended: (key) => {
      const from = running.get(key);
      if (from !== undefined) workSeconds.observe(labels, secondsOf(from));
      running.delete(key);
    },
  };
}

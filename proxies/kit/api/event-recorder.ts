/** The events of a component: posted one after the other, counted up where they repeat. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { isRefusal, UnreachableError } from './errors.ts';

export interface EventTarget {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod' | 'Node' | 'Service';
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
  /** `spec.containers{web}` */
  readonly fieldPath?: string;
}

export interface EventRecorder extends AsyncDisposable {
  /** @param action what was done or tried: `StartKubeProxy` */
  record(
    target: EventTarget,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action?: string,
  ): void;
}

/** Whose events they are: `{ component: 'kubelet', host: 'node-1' }`. */
export interface EventSource {
  readonly component: string;
  readonly host: string;
}

interface Sent {
  readonly path: string;
  count: number;
}

/** How many events are remembered for counting, and how many may wait: upstream's broadcaster holds 1,000. */
const remembered = 500;
const longestQueue = 1000;
/** An apiserver that is away for a minute misses no event: upstream's `maxTriesPerEvent` and `sleepDuration`. */
const mostTries = 12;
const retryPauseMs = 10_000;

/** @param retryMs the pause while nobody answers */
export function createEventRecorder(
  client: ApiClient,
  source: EventSource,
  retryMs = retryPauseMs,
): EventRecorder {
  const known = new Map<string, Sent>();
  const queue: (() => Promise<void>)[] = [];
  const closing = new AbortController();
  let running: Promise<void> | undefined;

  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (closing.signal.aborted) return;
      await insist(next);
    }
    running = undefined;
  };
  /** An event that is refused is lost, and one that nobody has taken after all tries. */
  const insist = async (post: () => Promise<void>) => {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      try {
        await post();
        return;
      } catch (error) {
        if (!(error instanceof UnreachableError) || closing.signal.aborted) return;
      }
      await delay(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  /** False: the cluster has forgotten it, as it does with each event after a while. */
  const countUp = async (earlier: Sent): Promise<boolean> => {
    const patch = { count: earlier.count + 1, lastTimestamp: seconds() };
    try {
      await client.patch(earlier.path, 'merge', patch, { signal: closing.signal });
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return false;
      throw error;
    }
    earlier.count += 1;
    return true;
  };
  const write = async (key: string, namespace: string, event: object, name: string) => {
    const collection = `/api/v1/namespaces/${namespace}/events`;
    const earlier = known.get(key);
    if (earlier && (await countUp(earlier))) return;
    known.delete(key);
    await client.create(collection, event, { signal: closing.signal });
    if (known.size >= remembered) known.clear();
    known.set(key, { path: `${collection}/${name}`, count: 1 });
  };
  return {
    record: (target, type, reason, message, action) => {
      if (queue.length >= longestQueue) return;
      const namespace = target.namespace ?? 'default';
      const name = `${target.name}.${randomBytes(8).toString('hex')}`;
      const now = seconds();
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: target,
        reason,
        message,
        source,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        type,
        eventTime: null,
        reportingComponent: source.component,
        reportingInstance: source.host,
        ...(action === undefined ? {} : { action }),
      };
      const { uid, fieldPath = '' } = target;
      const key = [namespace, uid, fieldPath, type, reason, message].join('\n');
      queue.push(() => write(key, namespace, event, name));
      running ??= work();
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await running;
    },
  };
}

function seconds(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

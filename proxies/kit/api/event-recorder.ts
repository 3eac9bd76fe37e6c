/** The events of a component: posted one after the other, counted up where they repeat. */
import { randomBytes } from 'node:crypto';
import type { ApiClient } from './api-client.ts';

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

/** How many events are remembered for counting, and how many may wait. */
const remembered = 500;
const longestQueue = 200;

export function createEventRecorder(client: ApiClient, source: EventSource): EventRecorder {
  const known = new Map<string, Sent>();
  const queue: (() => Promise<void>)[] = [];
  const closing = new AbortController();
  let running: Promise<void> | undefined;

  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (closing.signal.aborted) return;
      // An event that cannot be written is lost, as upstream's is after its tries.
      await next().catch(() => undefined);
    }
    running = undefined;
  };
  const write = async (key: string, namespace: string, event: object, name: string) => {
    const collection = `/api/v1/namespaces/${namespace}/events`;
    const earlier = known.get(key);
    if (earlier) {
      earlier.count += 1;
      const patch = { count: earlier.count, lastTimestamp: seconds() };
      await client.patch(earlier.path, 'merge', patch, { signal: closing.signal });
      return;
    }
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

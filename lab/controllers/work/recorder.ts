/** Events: what the controllers did, for `kubectl describe`. The same once more only counts up. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import { collection, inNamespace, pathOf } from '../objects/collections.ts';
import { now } from '../objects/meta.ts';

export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** `SuccessfulCreate` */
  readonly reason: string;
  readonly message: string;
  /** `replicaset-controller` */
  readonly component: string;
}

export interface Recorder extends AsyncDisposable {
  /** Never waits and never fails: an event that cannot be told is lost. */
  record(
    kind: { readonly apiVersion: string; readonly kind: string },
    object: KubeObject,
    happening: Happening,
  ): void;
}

const events = collection('v1', 'Event', 'events');
/** Upstream remembers 4,096; each is a few hundred bytes. */
const mostRemembered = 1024;
const mostWaiting = 500;
/** Upstream's spam filter: a burst of 25 per object, then one in five minutes. */
const burst = 25;
const refillMs = 300_000;

interface Told {
  readonly event: KubeObject;
  readonly count: number;
}

export function createRecorder(client: ApiClient, log: (line: string) => void): Recorder {
  const told = new Map<string, Told>();
  const allowances = new Map<string, { left: number; at: number }>();
  const stop = new AbortController();
  let waiting = 0;
  let last = Promise.resolve();

  const write = async (key: string, event: ReturnType<typeof eventFor>) => {
    const before = told.get(key);
    told.delete(key);
    const options = { signal: stop.signal };
    try {
      told.set(key, await (before ? again(before, event) : first(event)));
    } catch (error) {
      // A namespace that is going away takes no events any more.
      const isRefused = error instanceof ApiError && (error.code === 403 || error.code === 404);
      if (!isRefused && !stop.signal.aborted) log(`an event was lost: ${String(error)}`);
    }
    const [oldest] = told.keys();
    if (told.size > mostRemembered && oldest !== undefined) told.delete(oldest);

    async function first(sent: typeof event): Promise<Told> {
      const path = inNamespace(events, sent.metadata.namespace);
      return { event: await client.create(path, sent, options), count: 1 };
    }
    async function again({ event: known, count }: Told, sent: typeof event): Promise<Told> {
      const patch = { count: count + 1, lastTimestamp: sent.lastTimestamp };
      try {
        await client.patch(pathOf(events, known), 'merge', patch, options);
        return { event: known, count: count + 1 };
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return first(sent);
        throw error;
      }
    }
  };

  const isAllowed = (uid: string): boolean => {
    const at = Date.now();
    const { left, at: since } = allowances.get(uid) ?? { left: burst, at };
    const refilled = Math.min(burst, left + (at - since) / refillMs);
    allowances.delete(uid);
    allowances.set(uid, { left: Math.max(0, refilled - 1), at });
    const [oldest] = allowances.keys();
    if (allowances.size > mostRemembered && oldest !== undefined) allowances.delete(oldest);
    return refilled >= 1;
  };

  return {
    record: (kind, object, happening) => {
      const uid = object.metadata.uid ?? '';
      if (waiting >= mostWaiting || stop.signal.aborted || !isAllowed(uid)) return;
      waiting++;
      const event = eventFor(kind, object, happening);
      const key = [uid, happening.type, happening.reason, happening.message].join('\n');
      last = last
        .then(() => write(key, event))
        .finally(() => {
          waiting--;
        });
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await last;
    },
  };
}

function eventFor(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { metadata: { namespace, name, uid, resourceVersion } }: KubeObject,
  { type, reason, message, component }: Happening,
) {
  const time = now();
  const suffix = (
    BigInt(Date.now()) * 1_000_000n +
    (process.hrtime.bigint() % 1_000_000n)
  ).toString(16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffix}`, namespace: namespace ?? 'default' },
    involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

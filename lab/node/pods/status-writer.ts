/** Writes the statuses of pods: the newest of each, one write at a time, again after failures. */
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import type { Pod, PodStatus } from './pod.ts';

export interface StatusSource {
  readonly pod: Pod;
  status(): PodStatus;
}

export interface StatusWriter extends AsyncDisposable {
  /** What happens in one turn of the event loop is one write. */
  schedule(source: StatusSource): void;
  /** Resolves when all that was scheduled for it is written, or cannot be. */
  flush(source: StatusSource): Promise<void>;
}

const longestPauseMs = 5000;

export function createStatusWriter(client: ApiClient, log: (line: string) => void): StatusWriter {
  const dirty = new Set<StatusSource>();
  const writing = new Map<StatusSource, Promise<void>>();
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;

  const work = async (source: StatusSource) => {
    let pauseMs = 100;
    await new Promise((resolve) => setImmediate(resolve));
    while (dirty.delete(source) && !isClosing()) {
      try {
        await write(source);
      } catch (error) {
        if (isFinal(error) || isClosing()) break;
        log(`status of pod ${source.pod.metadata.name}: ${String(error)}`);
        dirty.add(source);
        await pause(pauseMs, closing.signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    writing.delete(source);
  };
  const write = async (source: StatusSource) => {
    const { namespace = '', name, uid } = source.pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    // The uid makes it a write to this very pod, not to the next of its name.
    const patch = { metadata: { uid }, status: source.status() };
    await client.patch(path, 'merge', patch, { signal: closing.signal });
  };
  const schedule = (source: StatusSource) => {
    dirty.add(source);
    if (!writing.has(source)) writing.set(source, work(source));
  };
  return {
    schedule,
    flush: async (source) => writing.get(source),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(writing.values());
    },
  };
}

/**
 * The pod is gone or another one, or the status is not one: there is nothing to write. A refusal may be of the
 * moment, as by an apiserver that has just come back and does not know yet who runs where.
 */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const isAnother = error.code === 409 && error.message.includes('UID in precondition');
  return error.code === 404 || error.code === 422 || isAnother;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = () => resolve(undefined);
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', done, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', done);
}

/** Patience with a resourceVersion that this apiserver has not seen yet. */
import type { ApiStore } from '../registry.ts';

/** Upstream's cacher: `blockTimeout`. */
const patienceMs = 3000;

/** Waits until the store has come to a revision, or for 3 s, or until the signal is aborted. */
export async function awaitRevision(
  store: ApiStore,
  wanted: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = () => resolve(undefined);
  const started = await store.watch({
    prefix: '/',
    after: await store.currentRevision(),
    onChange: ({ revision }) => {
      if (revision >= wanted) done();
    },
    onExpired: done,
  });
  if (started.result !== 'watching') return;
  const timer = setTimeout(done, patienceMs);
  signal.addEventListener('abort', done, { once: true });
  await promise;
  signal.removeEventListener('abort', done);
  clearTimeout(timer);
  started.stop();
}

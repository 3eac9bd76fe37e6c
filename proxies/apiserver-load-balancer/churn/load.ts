/** New connections while the list changes. */
import { ask, type Target } from '../conformance/world/client.ts';

/** New connections all the time, a few at once. */
export function startLoad(target: Target) {
  const failed: Record<string, number> = {};
  let requests = 0;
  let failedAtKills = 0;
  let isForgiving = false;
  /** Whoever began before may have met who was killed. */
  let forgivenUntil = 0;
  let isOver = false;
  let answered = Promise.withResolvers<undefined>();
  const work = async () => {
    while (!isOver) {
      const began = performance.now();
      const asked = await ask(target);
      requests++;
      answered.resolve(undefined);
      answered = Promise.withResolvers();
      if (asked.is === 'answered') continue;
      if (isForgiving || began < forgivenUntil) failedAtKills++;
      else failed[asked.code] = (failed[asked.code] ?? 0) + 1;
    }
  };
  const all = Promise.all([work(), work(), work()]);
  return {
    oneMore: () => answered.promise,
    forgive: async (act: () => Promise<void>) => {
      isForgiving = true;
      await act();
      isForgiving = false;
      forgivenUntil = performance.now();
    },
    stop: async () => {
      isOver = true;
      await all;
      return { requests, failed, failedAtKills };
    },
  };
}

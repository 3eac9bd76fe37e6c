/** A file of backends, read again when it changes; one that cannot be taken leaves the list as it is. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseBackends, readBackendsText } from './read-backends-file.ts';
import type { RunningSource, SourceOptions } from './start-source.ts';

/** By name each time: editors and ConfigMaps put another file in its place. */
const lookEveryMs = 500;
/** Somebody may be writing: what is the same twice is whole. */
const settleMs = 100;

/** @throws ConfigurationError where it cannot be taken at the start */
export async function followBackendsFile(
  path: string,
  { list, reloads, say, withHint }: SourceOptions,
): Promise<RunningSource> {
  let seen: string | null = await readBackendsText(path);
  let isGood = true;
  await list.replace(parseBackends(seen, path));
  const stop = new AbortController();
  const { signal } = stop;

  const refuse = (error: unknown) => {
    isGood = false;
    reloads.add('failure');
    const kept = list.backends.map(({ name }) => name).join(', ');
    say('E', `${withHint(error)} The list before stays: ${kept}`);
  };
  const take = async (text: string) => {
    const wasGood = isGood;
    const { changes } = list;
    try {
      await list.replace(parseBackends(text, path));
    } catch (error) {
      refuse(error);
      return;
    }
    isGood = true;
    reloads.add('success');
    const names = list.backends.map(({ name }) => name).join(', ');
    const again = wasGood ? '' : ' is good again and';
    if (list.changes !== changes) say('I', `${path}${again} is taken: ${names}`);
    else say('I', `${path}${again} is read: the list is the same`);
  };
  const look = async (isAsked: boolean) => {
    let text: string;
    try {
      text = await readBackendsText(path);
      if (text === seen && !isAsked) return;
      while (!isAsked) {
        await delay(settleMs, undefined, { signal });
        const again = await readBackendsText(path);
        if (again === text) break;
        text = again;
      }
    } catch (error) {
      if (signal.aborted) return;
      // Gone: told once, and when it is there again it is new.
      if (seen !== null || isAsked) refuse(error);
      seen = null;
      return;
    }
    if (text === seen && !isAsked) return;
    seen = text;
    await take(text);
  };

  let last = Promise.resolve();
  const inTurn = (isAsked: boolean) => {
    last = last.then(() => look(isAsked)).catch((error: unknown) => say('E', withHint(error)));
    return last;
  };
  let timer: NodeJS.Timeout;
  const wait = () => {
    timer = setTimeout(() => void inTurn(false).then(wait), lookEveryMs);
  };
  wait();
  return {
    reload: () => void inTurn(true),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await last;
      clearTimeout(timer);
    },
  };
}

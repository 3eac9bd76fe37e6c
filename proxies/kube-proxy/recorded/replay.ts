/** Plays what apiservers told of Services, as it was recorded: see `README.md`. */
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { KubeObject } from '../../kit/api/api-client.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import type { ScriptedApiserver } from '../../kit/testing/scripted-apiserver.ts';

/** A line of `traffic.ndjson`. */
export type Told =
  | { readonly list: string; readonly answer: Page }
  | { readonly list: string; readonly status: number }
  | { readonly watch: string; readonly event: Event }
  | { readonly watch: string; readonly expired: { readonly code: number } }
  | { readonly cut: true };

interface Page {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly KubeObject[];
}

interface Event {
  readonly type: string;
  readonly object: KubeObject;
}

export interface Replay {
  /** What was listed first; a kube-proxy may start then. */
  list(): void;
  /** What happened until the watches were cut. */
  followUntilCut(): Promise<void>;
  /** What they missed, which is forgotten by the time they are opened again, and the rest. */
  cutAndFollow(): Promise<void>;
}

/** Pages that were so large. */
export const pageSize = 4;

export function readTraffic(): readonly Told[] {
  const text = readFileSync(new URL('traffic.ndjson', import.meta.url), 'utf8');
  // Written by the recorder.
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

export function createReplay(apiserver: ScriptedApiserver, traffic: readonly Told[]): Replay {
  const known = new Map<string, Map<string, string>>();
  const revisionsOf = (path: string) => {
    const revisions = known.get(path) ?? new Map<string, string>();
    known.set(path, revisions);
    return revisions;
  };
  const put = (path: string, object: KubeObject) => {
    const revision = object.metadata.resourceVersion ?? '';
    if (revisionsOf(path).get(keyOf(object)) === revision) return;
    revisionsOf(path).set(keyOf(object), revision);
    apiserver.put(path, object);
  };
  const remove = (path: string, key: string) => {
    revisionsOf(path).delete(key);
    apiserver.remove(path, key);
  };
  /** A collection as it is once all its pages have come: what is in none of them is gone. */
  const listed = new Map<string, Set<string>>();
  const page = (path: string, { items, metadata }: Page) => {
    const keys = listed.get(path) ?? new Set();
    listed.set(path, keys);
    for (const object of items) {
      put(path, object);
      keys.add(keyOf(object));
    }
    if (metadata.continue) return;
    for (const key of revisionsOf(path).keys()) if (!keys.has(key)) remove(path, key);
    listed.delete(path);
  };
  const play = (told: Told) => {
    if ('status' in told) apiserver.refuse(told.list, told.status);
    else if ('answer' in told) page(told.list, told.answer);
    else if ('event' in told) happen(told.watch, told.event);
  };
  const happen = (path: string, { type, object }: Event) => {
    if (type === 'BOOKMARK') apiserver.bookmark();
    else if (type === 'DELETED') remove(path, keyOf(object));
    else put(path, object);
  };
  /** Each may be followed before the next comes. */
  const playSlowly = async (some: readonly Told[]) => {
    for (const told of some) {
      play(told);
      await setImmediate();
    }
  };
  const begin = traffic.findIndex((told) => 'watch' in told);
  const cut = traffic.findIndex((told) => 'cut' in told);
  const again = traffic.findIndex((told, index) => index > cut && 'event' in told);
  const untilWatched = async () => {
    for (const path of known.keys()) await apiserver.untilWatched(path);
  };

  return {
    list: () => {
      for (const told of traffic.slice(0, begin)) play(told);
    },
    followUntilCut: async () => {
      await untilWatched();
      await playSlowly(traffic.slice(begin, cut));
    },
    cutAndFollow: async () => {
      apiserver.disconnect();
      for (const told of traffic.slice(cut + 1, again)) play(told);
      apiserver.compact();
      await untilWatched();
      await playSlowly(traffic.slice(again));
    },
  };
}

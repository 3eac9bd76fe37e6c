/** The list of backends in force: each new one is checked whole before it replaces the one before. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { oneAtATime } from '../../kit/one-at-a-time.ts';
import type { WantedBackend } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';
import type { BackendEntry } from './entry.ts';
import { refuseList, withoutRefused } from './refuse-list.ts';
import { isNamed, nameAlone, type PlacedBackend, type Resolved, type Resolver } from './resolve.ts';

/** Names are looked up again so often. */
const againMs = 30_000;
/** Sooner, while one of them cannot be. */
const soonMs = 5_000;
/** A list that could not be put in force is tried again after this time, then after twice as long, up to `againMs`. */
const retryMs = 1_000;

export interface WantedListOptions {
  readonly resolver: Resolver;
  /** Where we listen: asked each time. */
  readonly listen: () => readonly ListenAddress[];
  /** Puts it in force. */
  readonly apply: (backends: readonly WantedBackend[]) => Promise<void>;
  readonly warn: (text: string) => void;
  /** The newest list could not be put in force at first, and is now: whoever gave it was told that it is not. */
  readonly onLate: (backends: readonly WantedBackend[]) => void;
  readonly againMs?: number;
  readonly retryMs?: number;
}

export interface WantedList extends Disposable {
  /** As it is in force. */
  readonly backends: readonly WantedBackend[];
  /** How often it has changed since the first. */
  readonly changes: number;
  /**
   * @param isOurs false: nobody here can mend it, so that what cannot be meant is left out.
   * @throws ConfigurationError where it can never be in force; or why it cannot be now: it is tried again, until
   *   another takes its place. In both cases the one before still is
   */
  replace(entries: readonly BackendEntry[], isOurs?: boolean): Promise<void>;
  /** Looks names up at once. */
  refresh(): Promise<void>;
}

export function createWantedList(options: WantedListOptions): WantedList {
  const { resolver, listen, apply, warn } = options;
  let entries: readonly BackendEntry[] = [];
  let backends: readonly WantedBackend[] = [];
  let changes = -1;
  /** What was warned of last: said again only when it changes. */
  const warned = { dropped: '', failed: '', refused: '' };
  let timer: NodeJS.Timeout | undefined;
  /** How often in a row it could not be put in force. */
  let failures = 0;
  let isDisposed = false;
  const inTurn = oneAtATime();

  const enforce = async (resolved: Resolved, isStrict: boolean) => {
    if (resolved.backends.length === 0) throw noBackends(resolved);
    if (isStrict) refuseList(resolved.backends, listen());
    const wanted = withoutRefused(resolved.backends, listen());
    tellDropped(resolved.backends, wanted);
    if (wanted.length === 0) throw noBackends(resolved);
    const next = wanted.map(({ backend }) => backend);
    if (!isSameList(next, backends)) await putInForce(next);
    failures = 0;
    warned.refused = '';
    lookAgain(resolved);
  };
  const putInForce = async (next: readonly WantedBackend[]) => {
    try {
      await apply(next);
    } catch (error) {
      failures += 1;
      throw error;
    }
    backends = next;
    changes += 1;
  };
  const tellDropped = (all: readonly PlacedBackend[], kept: readonly PlacedBackend[]) => {
    const dropped = all.filter((one) => !kept.includes(one));
    tellOnce(
      'dropped',
      dropped.map(({ place }) => `Left out, on the list already or ourselves: ${place}`),
    );
  };
  const tellFailed = ({ failed, backends: found }: Resolved) => {
    const texts = failed.map(({ entry, reason }) => {
      const isKnown = found.some(({ backend }) => backend.host === nameAlone(entry.host));
      const next = isKnown ? 'its last addresses stay' : 'it is left out until it can be';
      return `${entry.place}: cannot look up ${entry.host} (${reason}): ${next}`;
    });
    tellOnce('failed', texts);
  };
  const tellOnce = (about: keyof typeof warned, texts: readonly string[]) => {
    const all = texts.join('\n');
    if (all !== warned[about]) for (const text of texts) warn(text);
    warned[about] = all;
  };
  const lookAgain = (resolved: Resolved) => {
    clearTimeout(timer);
    tellFailed(resolved);
    const every = options.againMs ?? againMs;
    if (failures > 0) {
      refreshAfter(Math.min((options.retryMs ?? retryMs) * 2 ** (failures - 1), every));
    } else if (entries.some(isNamed)) {
      refreshAfter(resolved.failed.length > 0 ? Math.min(soonMs, every) : every);
    }
  };
  const refreshAfter = (ms: number) => {
    if (isDisposed) return;
    timer = setTimeout(() => void refresh().catch(() => undefined), ms).unref();
  };
  const refresh = () =>
    inTurn(async () => {
      const resolved = await resolver.resolve(entries);
      const isLate = failures > 0;
      try {
        await enforce(resolved, false);
        if (isLate) options.onLate(backends);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        tellOnce('refused', [`The list before stays: ${why}`]);
        lookAgain(resolved);
      }
    });

  return {
    get backends() {
      return backends;
    },
    get changes() {
      return Math.max(0, changes);
    },
    replace: (next, isOurs = true) =>
      inTurn(async () => {
        const resolved = await resolver.resolve(next);
        const before = entries;
        const failuresBefore = failures;
        entries = next;
        try {
          await enforce(resolved, isOurs);
        } catch (error) {
          if (failures === failuresBefore) entries = before;
          else lookAgain(resolved);
          throw error;
        }
      }),
    refresh,
    [Symbol.dispose]: () => {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}

function noBackends({ failed }: Resolved): ConfigurationError {
  if (failed.length === 0) {
    return new ConfigurationError('no-backends', 'the list of backends is empty');
  }
  const names = failed.map(({ entry, reason }) => `${entry.place}: ${reason}`).join('; ');
  return new ConfigurationError('unresolvable', `no backend can be looked up: ${names}`);
}

function isSameList(one: readonly WantedBackend[], other: readonly WantedBackend[]): boolean {
  return (
    one.length === other.length &&
    one.every((backend, index) => {
      const also = other[index];
      return (
        backend.name === also?.name &&
        backend.host === also.host &&
        backend.isDraining === also.isDraining
      );
    })
  );
}

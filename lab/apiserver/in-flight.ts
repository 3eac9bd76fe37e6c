/** `--max-requests-inflight`: how many short requests are answered at once. */
import type { User } from './exchange.ts';
import { privilegedGroup } from './authorization.ts';
import type { RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';

export interface InFlight {
  /** Counts a request in; undefined where there are too many already. Disposing counts it out. */
  enter(info: RequestInfo, user: User): Disposable | undefined;
  /** How many short requests there are now. */
  count(): number;
  /** Resolves when there are none. */
  drained(): Promise<void>;
}

export interface InFlightLimits {
  /** 0: none. */
  readonly reading: number;
  readonly mutating: number;
}

const readingVerbs = new Set(['get', 'list', 'watch']);
const longSubresources = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Requests that may last: they are not counted, and nobody waits for their end. */
export function isLongRunning({ verb, subresource }: RequestInfo): boolean {
  return verb === 'watch' || longSubresources.has(subresource);
}

export function createInFlight(limits: InFlightLimits): InFlight {
  const counts = { reading: 0, mutating: 0 };
  let waiting: (() => void)[] = [];
  const count = () => counts.reading + counts.mutating;
  return {
    enter: (info, user) => {
      if (isLongRunning(info)) return { [Symbol.dispose]: () => undefined };
      const kind = readingVerbs.has(info.verb) ? 'reading' : 'mutating';
      const limit = limits[kind];
      const isFull = limit > 0 && counts[kind] >= limit;
      // Who keeps the cluster alive is not turned away.
      if (isFull && !user.groups.includes(privilegedGroup)) return undefined;
      counts[kind] += 1;
      return {
        [Symbol.dispose]: () => {
          counts[kind] -= 1;
          if (count() > 0) return;
          for (const resume of waiting) resume();
          waiting = [];
        },
      };
    },
    count,
    drained: () =>
      count() === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}

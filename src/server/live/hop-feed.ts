/** Gives the hops that a proxy's process tells to the request they belong to. */
import type { Hop } from '../../../proxies/kit/hop.ts';

export interface HopFeed {
  /** Takes a hop as it comes from the process. */
  receive(hop: Hop): void;
  /**
   * Follows the requests of one client connection, or one request by its id. The hops of a request come
   * in order, from the client inwards, whatever order they were told in.
   */
  follow(followed: Followed, onHop: (hop: Hop) => void): Follower;
  /** How many follow now; told to `onFollowers` whenever it changes. */
  readonly followers: number;
}

export type Followed =
  /** The connection's own end, as `address:port`. */
  | { readonly address: string }
  /** The id that the request's hops have in common. */
  | { readonly request: string };

export interface Follower extends Disposable {
  /**
   * Resolves once the trace tells who answered: the proxy itself, or somebody behind it whose hop has
   * come too. Resolves after `timeoutMs` in any case.
   */
  complete(timeoutMs: number): Promise<void>;
}

interface Following {
  readonly onHop: (hop: Hop) => void;
  readonly completed: PromiseWithResolvers<void>;
  request: string | null;
}

/** More unclaimed hops than this are requests nobody here follows, such as a reader's own kubectl. */
const maxUnclaimed = 256;

export function createHopFeed(onFollowers: (count: number) => void = () => undefined): HopFeed {
  const all = new Set<Following>();
  const byAddress = new Map<string, Following>();
  /** Those whose hop from the client has come. */
  const byRequest = new Map<string, Following>();
  /** Those who know the id of their request, and wait for that hop. */
  const awaited = new Map<string, Following>();
  const unclaimed: Hop[] = [];

  const tell = (following: Following, hop: Hop) => {
    following.onHop(hop);
    if (!isFromClient(hop) || hop.status !== null) following.completed.resolve();
  };
  const claim = (following: Following, clientHop: Hop) => {
    following.request = clientHop.request;
    byRequest.set(clientHop.request, following);
    tell(following, clientHop);
    for (let i = 0; i < unclaimed.length;) {
      const hop = unclaimed[i];
      if (hop?.request === clientHop.request) {
        unclaimed.splice(i, 1);
        tell(following, hop);
      } else i++;
    }
  };

  return {
    get followers() {
      return all.size;
    },
    receive(hop) {
      const known = byRequest.get(hop.request);
      if (known) {
        tell(known, hop);
        return;
      }
      const following = isFromClient(hop)
        ? (awaited.get(hop.request) ?? byAddress.get(hop.from.address))
        : undefined;
      if (following) {
        claim(following, hop);
        return;
      }
      unclaimed.push(hop);
      if (unclaimed.length > maxUnclaimed) unclaimed.shift();
    },
    follow(followed, onHop) {
      const following: Following = { onHop, completed: Promise.withResolvers(), request: null };
      const [index, key] =
        'address' in followed
          ? ([byAddress, followed.address] as const)
          : ([awaited, followed.request] as const);
      index.set(key, following);
      all.add(following);
      onFollowers(all.size);
      return {
        async complete(timeoutMs) {
          const { promise: late, resolve } = Promise.withResolvers<undefined>();
          const timer = setTimeout(resolve, timeoutMs, undefined);
          await Promise.race([following.completed.promise, late]);
          clearTimeout(timer);
        },
        [Symbol.dispose]() {
          index.delete(key);
          all.delete(following);
          if (following.request !== null) byRequest.delete(following.request);
          onFollowers(all.size);
        },
      };
    },
  };
}

function isFromClient(hop: Hop): boolean {
  return hop.from.station === 'client' || hop.from.station === 'browser';
}

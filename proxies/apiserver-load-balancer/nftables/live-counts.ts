/** How many connections each backend has, kept by what conntrack tells: for least connections. */
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import { followDestinationNat } from '../../kit/netlink/conntrack.ts';
import { flowOf } from '../../kit/netlink/watch-flows.ts';
import type { ListenAddress } from '../dataplane.ts';
import { familyOf, isBeginning, isOurs, isSpeaking, listTracked } from './tracked-connections.ts';

export interface LiveCounts extends Disposable {
  /** By the name of the backend. */
  readonly active: ReadonlyMap<string, number>;
}

/** Whom the connections are asked of. */
interface Kernel {
  readonly list: typeof listTracked;
  readonly follow: typeof followDestinationNat;
}

const ownKernel: Kernel = { list: listTracked, follow: followDestinationNat };

/** A list that could not be had is asked for again. */
const ownAgainMs = 1_000;

/**
 * @param onChange some have begun or ended
 * @throws Error when the kernel does not tell
 */
export async function followCounts(
  listen: readonly ListenAddress[],
  onChange: () => void,
  {
    kernel = ownKernel,
    againMs = ownAgainMs,
  }: { readonly kernel?: Kernel; readonly againMs?: number } = {},
): Promise<LiveCounts> {
  using owned = new DisposableStack();
  /** The backend of each connection that lives. */
  const backends = new Map<string, string>();
  const active = new Map<string, number>();
  /** While all are counted: a list may still have what has ended since it was made. */
  let endedMeanwhile: Set<string> | null = null;
  const add = (backend: string, by: number) => {
    active.set(backend, (active.get(backend) ?? 0) + by);
    if (active.get(backend) === 0) active.delete(backend);
    onChange();
  };
  const end = (entry: ConntrackEntry) => {
    const key = keyOf(entry);
    endedMeanwhile?.add(key);
    const backend = backends.get(key);
    if (backend === undefined) return;
    backends.delete(key);
    add(backend, -1);
  };
  const take = (entry: ConntrackEntry) => {
    // What changes without its state being told lives on.
    if (entry.tcpState === undefined || !isOurs(listen, entry)) return;
    if (!isSpeaking(entry) && !isBeginning(entry)) {
      end(entry);
    } else if (!backends.has(keyOf(entry)) && !endedMeanwhile?.has(keyOf(entry))) {
      const { backend } = flowOf(entry);
      backends.set(keyOf(entry), backend);
      add(backend, 1);
    }
  };
  const countAnew = async () => {
    backends.clear();
    active.clear();
    endedMeanwhile = new Set();
    try {
      for await (const entries of kernel.list(listen)) entries.forEach(take);
    } finally {
      endedMeanwhile = null;
    }
  };
  let counting = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  let isOver = false;
  owned.defer(() => {
    isOver = true;
    clearTimeout(again);
  });
  const onLost = () => {
    counting = counting.then(countAnew).catch(() => {
      clearTimeout(again);
      if (!isOver) again = setTimeout(onLost, againMs).unref();
    });
  };
  for (const family of new Set(listen.map(({ host }) => familyOf(host)))) {
    owned.use(await kernel.follow(family, { onEntry: take, onEnd: end, onLost }));
  }
  await countAnew();
  const kept = owned.move();
  return { active, [Symbol.dispose]: () => kept.dispose() };
}

function keyOf({ family, id }: ConntrackEntry): string {
  return `${family} ${id}`;
}

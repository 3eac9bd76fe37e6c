/** Keeps backends where they were, so that a dataplane with a slot for each rewrites few. */
import type { Backend } from '../service-port.ts';

const none: readonly never[] = [];

/**
 * The wanted ones: who stays keeps its place; the places of who goes are taken by new ones, in their
 * sorted order, and then by the last ones. So the fewest places change.
 *
 * @returns `previous` itself where nothing comes or goes
 * @example keepOrder([a, b, c], [b, c, d, e]) // [d, b, c, e]
 * @example keepOrder([a, b, c], [b, c]) // [c, b]
 */
export function keepOrder(
  previous: readonly Backend[],
  wanted: readonly Backend[],
): readonly Backend[] {
  if (wanted.length === 0) return none;
  if (previous.length === 0) return wanted.map(toBackend).sort(byName);
  const coming = new Map<string, Backend>();
  for (const backend of wanted) coming.set(nameOf(backend), backend);
  const places = previous.map((backend) => (coming.delete(nameOf(backend)) ? backend : null));
  if (coming.size === 0 && !places.includes(null)) return previous;
  return fill(places, [...coming.values()].map(toBackend).sort(byName));
}

/** Without what else an endpoint has. */
function toBackend({ address, port }: Backend): Backend {
  return { address, port };
}

function byName(a: Backend, b: Backend): number {
  if (a.address === b.address) return a.port - b.port;
  return a.address < b.address ? -1 : 1;
}

function fill(places: (Backend | null)[], added: readonly Backend[]): readonly Backend[] {
  const filled: Backend[] = [];
  let next = 0;
  for (let place = 0; place < places.length; place++) {
    const backend = places[place] ?? added[next++] ?? takeLast(places, place);
    if (backend) filled.push(backend);
  }
  return [...filled, ...added.slice(next)];
}

/** The last one behind a place, out of its own. */
function takeLast(places: (Backend | null)[], place: number): Backend | null {
  for (;;) {
    if (places.length - 1 <= place) return null;
    const last = places.pop();
    if (last) return last;
  }
}

function nameOf({ address, port }: Backend): string {
  return `${address} ${port}`;
}

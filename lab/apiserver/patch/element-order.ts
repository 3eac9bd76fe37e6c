/** The order of a merged list: that of the patch, with what only the server has in its old place. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { textAt } from '../api-object.ts';

/** `order` is the value of a `$setElementOrder` directive: the keys, or the values themselves. */
export function orderElements(
  list: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  mergeKey: string | undefined,
): readonly Json[] {
  const identify = (item: Json) =>
    mergeKey === undefined ? JSON.stringify(item) : textAt(item, mergeKey);
  const places = new Map(order.map((item, index) => [identify(item), index]));
  const oldPlaces = new Map(before.map((item, index) => [identify(item), index]));
  const placeOf = (item: Json) => places.get(identify(item)) ?? Infinity;
  /** Whether the server had the one before the other; of what is new nobody can say. */
  const wasBefore = (one: Json, other: Json) => {
    const [first, second] = [oldPlaces.get(identify(one)), oldPlaces.get(identify(other))];
    return first !== undefined && second !== undefined && first < second;
  };

  const ordered = list.filter((item) => places.has(identify(item)));
  const others = list.filter((item) => !places.has(identify(item)));
  ordered.sort((one, other) => placeOf(one) - placeOf(other));
  const result: Json[] = [];
  for (const item of ordered) {
    while (others[0] !== undefined && wasBefore(others[0], item)) {
      result.push(...others.splice(0, 1));
    }
    result.push(item);
  }
  return [...result, ...others];
}

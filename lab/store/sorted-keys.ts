/** Keys in order, for lists by prefix. */

export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** The keys that start with the prefix and come after a key, in order. */
  from(prefix: string, after?: string): readonly string[];
  reset(keys: Iterable<string>): void;
}

export function createSortedKeys(): SortedKeys {
  let keys: string[] = [];
  const indexOf = (key: string) => firstIndex(keys, (other) => other >= key);
  return {
    add: (key) => {
      keys.splice(indexOf(key), 0, key);
    },
    delete: (key) => {
      const index = indexOf(key);
      if (keys[index] === key) keys.splice(index, 1);
    },
    from: (prefix, after = '') => {
      const start = firstIndex(keys, (key) => key >= prefix && key > after);
      const end = firstIndex(keys, (key) => key >= prefix && !key.startsWith(prefix));
      return keys.slice(start, end);
    },
    reset: (all) => {
      keys = [...all].sort();
    },
  };
}

/** The first index whose key satisfies the condition, by halving; the length where none does. */
function firstIndex(keys: readonly string[], isPast: (key: string) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = keys[middle];
    if (key !== undefined && isPast(key)) high = middle;
    else low = middle + 1;
  }
  return low;
}

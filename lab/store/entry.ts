/** Entries whose value is only made when somebody reads it. */
import type { Entry } from './store.ts';

/** Parses its value when somebody reads it first: in a mirror, most values are never read. */
export function lazyEntry<Value>(key: string, revision: number, text: string): Entry<Value> {
  let value: Value | undefined;
  return {
    key,
    revision,
    text,
    get value() {
      // The store gives back the text of a `Value` that this very contract wrote.
      value ??= JSON.parse(text) as Value;
      return value;
    },
  };
}

/** The same value at another revision: what was deleted, at the revision of its deletion. */
export function atRevision<Value>(entry: Entry<Value>, revision: number): Entry<Value> {
  return {
    key: entry.key,
    revision,
    ...(entry.text === undefined ? {} : { text: entry.text }),
    get value() {
      return entry.value;
    },
  };
}

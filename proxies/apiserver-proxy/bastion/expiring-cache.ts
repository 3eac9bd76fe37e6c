/** Answers that are good for a while: asked once for all who ask meanwhile, and no more than fit. */

export interface Lasting<Value> {
  readonly value: Value;
  /** From now on; 0: for those who have asked already. */
  readonly ttlMs: number;
}

export interface ExpiringCache<Value> {
  /** What is known of the key, or what `load` says. What it rejects with is not kept. */
  get(key: string, load: () => Promise<Lasting<Value>>): Promise<Value>;
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  expiresAt: number;
}

/** @param capacity how many answers are kept: those that were asked for last. */
export function createExpiringCache<Value>(
  capacity: number,
  now: () => number = () => performance.now(),
): ExpiringCache<Value> {
  const entries = new Map<string, Entry<Value>>();

  const loadEntry = (key: string, load: () => Promise<Lasting<Value>>): Entry<Value> => {
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    const loading = load().then(
      ({ value, ttlMs }) => {
        entry.expiresAt = now() + ttlMs;
        return value;
      },
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    const entry: Entry<Value> = { value: loading, expiresAt: Infinity };
    return entry;
  };

  return {
    get: (key, load) => {
      const known = entries.get(key);
      const entry = known && known.expiresAt > now() ? known : loadEntry(key, load);
      // The one that was asked for last is the last to go.
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > capacity) {
        const [oldest] = entries.keys();
        if (oldest !== undefined) entries.delete(oldest);
      }
      return entry.value;
    },
  };
}

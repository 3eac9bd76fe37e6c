/** The objects of one resource as lists and events have told them; each change is told once, in order. */
import type { KubeObject, WatchEvent } from './api-client.ts';
import type { CacheChange } from './informer.ts';

export interface WatchCache<T extends KubeObject> {
  /** How far it has come. */
  readonly resourceVersion: string;
  get(key: string): T | undefined;
  list(): readonly T[];
  onChange(listener: (change: CacheChange<T>) => void): Disposable;
  /** Takes a whole list for the truth: tells only how it differs. */
  replace(items: readonly T[], resourceVersion: string): void;
  apply(event: WatchEvent<T>): void;
}

/**
 * @param keep what is kept of an object; default: all but its managed fields.
 * @param forget what is kept of that once every listener has been told; default: all of it.
 */
export function createWatchCache<T extends KubeObject>(
  log: (line: string) => void,
  keep: (object: T) => T = withoutManagedFields,
  forget?: (object: T) => T,
): WatchCache<T> {
  const objects = new Map<string, T>();
  const listeners = new Set<(change: CacheChange<T>) => void>();
  let position = '';

  const tell = (change: CacheChange<T>) => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        // The others must hear of it all the same.
        log(`a listener failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
      }
    }
  };
  const put = (key: string, object: T) => {
    const previous = objects.get(key);
    if (previous && previous.metadata.uid !== object.metadata.uid) remove(key, previous);
    const replaced = objects.get(key);
    objects.set(key, object);
    tell(replaced ? { type: 'changed', object, previous: replaced } : { type: 'added', object });
    if (forget) objects.set(key, forget(object));
  };
  const remove = (key: string, object: T) => {
    if (objects.delete(key)) tell({ type: 'deleted', object });
  };

  return {
    get resourceVersion() {
      return position;
    },
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    replace: (items, resourceVersion) => {
      position = resourceVersion;
      const keys = new Set(items.map(keyOf));
      for (const [key, object] of objects) if (!keys.has(key)) remove(key, object);
      for (const item of items) {
        const known = objects.get(keyOf(item));
        if (!known || !isSame(known, item)) put(keyOf(item), keep(item));
      }
    },
    apply: ({ type, object }) => {
      const { resourceVersion = '' } = object.metadata;
      // An older event than what we know would turn time back.
      if (Number(resourceVersion) <= Number(position)) return;
      position = resourceVersion;
      if (type === 'BOOKMARK') return;
      const key = keyOf(object);
      if (type === 'DELETED') remove(key, keep(object));
      else put(key, keep(object));
    },
  };
}

/** @example keyOf(pod) // 'default/web-0' */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace ? `${namespace}/${name}` : name;
}

function isSame(one: KubeObject, other: KubeObject): boolean {
  return (
    one.metadata.uid === other.metadata.uid &&
    one.metadata.resourceVersion === other.metadata.resourceVersion
  );
}

/** They can be larger than the object, and nobody here reads them. A server keeps its own. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  object.metadata.managedFields = undefined;
  return object;
}

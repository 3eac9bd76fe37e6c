/** Objects of a cache by something else than their name: by owner, by node, by Service. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { Informer } from '../../../proxies/kit/api/informer.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';

export interface Lookup<T extends KubeObject> {
  get(value: string): readonly T[];
}

/**
 * Follows the cache. Make it before listeners that use it: they are called in order.
 *
 * @param valuesOf under which values an object is found
 */
export function lookUp<T extends KubeObject>(
  informer: Informer<T>,
  valuesOf: (object: T) => readonly string[],
): Lookup<T> {
  const found = new Map<string, Map<string, T>>();
  const put = (object: T) => {
    for (const value of valuesOf(object)) {
      const objects = found.get(value) ?? new Map<string, T>();
      found.set(value, objects.set(keyOf(object), object));
    }
  };
  const remove = (object: T) => {
    for (const value of valuesOf(object)) {
      const objects = found.get(value);
      if (objects?.delete(keyOf(object)) && objects.size === 0) found.delete(value);
    }
  };
  informer.list().forEach(put);
  informer.onChange((change) => {
    if (change.type === 'changed') remove(change.previous);
    if (change.type === 'deleted') remove(change.object);
    else put(change.object);
  });
  return { get: (value) => [...(found.get(value)?.values() ?? [])] };
}

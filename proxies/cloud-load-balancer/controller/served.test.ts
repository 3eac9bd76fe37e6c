import { expect, it } from 'vitest';
import type { CacheChange, Informer } from '../../kit/api/informer.ts';
import { createWatchCache } from '../../kit/api/watch-cache.ts';
import type { Service } from '../service.ts';
import { serviceOf } from '../testing/controller-world.ts';
import { createServed } from './served.ts';

const key = 'default/web';

function informer() {
  const cache = createWatchCache<Service>(() => undefined);
  const services: Informer<Service> = {
    synced: Promise.resolve(),
    resourceVersion: '',
    get: (name) => cache.get(name),
    list: () => cache.list(),
    onChange: (listener: (change: CacheChange<Service>) => void) => cache.onChange(listener),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { cache, services };
}

it('forgets what was written of a Service that is gone, also when the answer comes after that', () => {
  const { cache, services } = informer();
  const served = createServed(services);
  const metadata = { namespace: 'default', uid: 'uid', resourceVersion: '2' };
  const object: Service = serviceOf('web', {}, metadata);
  cache.apply({ type: 'ADDED', object });
  served.wrote(key, object);
  expect(served.isEcho(key, object)).toBe(true);
  const last = { ...object, metadata: { ...object.metadata, resourceVersion: '3' } };
  cache.apply({ type: 'DELETED', object: last });
  expect(served.isEcho(key, object)).toBe(false);
  served.wrote(key, object);
  expect(served.isEcho(key, object)).toBe(false);
});

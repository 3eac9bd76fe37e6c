/** What the controller knows by itself: what it last asked of the cloud, and what it last wrote. */
import type { Informer } from '../../kit/api/informer.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import type { Node, Service } from '../service.ts';

/** What the cloud was last asked for; whether it could do it or not. */
export interface ServedState {
  readonly service: Service;
  readonly nodes: readonly Node[];
  /** It is being deleted: what it sends to is of no account any more, and telling would bring it back. */
  readonly isGoing: boolean;
}

export interface Served {
  readonly states: Map<string, ServedState>;
  /** The newest that is known of a Service: what was written counts before the watch tells it. */
  latest(key: string): Service | undefined;
  wrote(key: string, service: Service): void;
  /** Whether this is what was written, or was overwritten by it: only its echo. */
  isEcho(key: string, service: Service): boolean;
}

export function createServed(services: Informer<Service>): Served {
  const written = new Map<string, Service>();
  services.onChange(({ type, object }) => {
    if (type === 'deleted') written.delete(keyOf(object));
  });
  return {
    states: new Map(),
    latest: (key) => {
      const cached = services.get(key);
      const own = written.get(key);
      if (cached && own && isNewer(own, cached)) return own;
      written.delete(key);
      return cached;
    },
    wrote: (key, service) => {
      // It may be gone before the answer is there.
      if (services.get(key)) written.set(key, service);
    },
    isEcho: (key, service) => {
      const own = written.get(key);
      if (own?.metadata.uid !== service.metadata.uid) return false;
      return own !== undefined && !isNewer(service, own);
    },
  };
}

function isNewer({ metadata: one }: Service, { metadata: other }: Service): boolean {
  return one.uid === other.uid && Number(one.resourceVersion) > Number(other.resourceVersion);
}

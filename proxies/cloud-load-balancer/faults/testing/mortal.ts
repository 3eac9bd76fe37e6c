/** A controller's surroundings until it is killed: at one of its calls it stops, and nothing it did not finish is done. */
import type { ApiClient } from '../../../kit/api/api-client.ts';
import type { Dataplane } from '../../forwarding.ts';
import type { Provider } from '../../provider.ts';

/** Whether the call it dies in is done, with an answer that nobody hears, or not begun. */
export type Death = 'before' | 'after';

export interface Mortal {
  readonly isDead: boolean;
  /** How many calls there were. */
  readonly calls: number;
  client(client: ApiClient): ApiClient;
  provider(provider: Provider): Provider;
  dataplane(dataplane: Dataplane): Dataplane;
}

/** @param dieAt the call in which it dies, from 1; Infinity: never */
export function createMortal(dieAt: number, death: Death, onDeath: () => void): Mortal {
  let calls = 0;
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  const die = () => {
    isDead = true;
    onDeath();
    return never;
  };
  const live = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (isDead) return never;
    calls += 1;
    const isLast = calls === dieAt;
    if (isLast && death === 'before') return die();
    try {
      const result = await call();
      if (isLast) return await die();
      return isAlive() ? result : await never;
    } catch (error) {
      if (isAlive()) throw error;
      return never;
    }
  };
  /** Asked anew: it changes while calls run. */
  const isAlive = () => !isDead;
  return {
    get isDead() {
      return isDead;
    },
    get calls() {
      return calls;
    },
    client: (client) => ({
      get: (path, options) => live(() => client.get(path, options)),
      create: (path, object, options) => live(() => client.create(path, object, options)),
      update: (path, object, options) => live(() => client.update(path, object, options)),
      patch: (path, type, patch, options) => live(() => client.patch(path, type, patch, options)),
      delete: (path, body, options) => live(() => client.delete(path, body, options)),
      watch: (path, options, onEvent) =>
        client.watch(path, options, (event) => {
          // The border: it is the very event.
          if (isAlive()) onEvent(event as Parameters<typeof onEvent>[0]);
        }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    provider: (provider) => ({
      name: provider.name,
      begin: (...given) => live(() => provider.begin(...given)),
      getLoadBalancer: (service, signal) => live(() => provider.getLoadBalancer(service, signal)),
      getLoadBalancerName: (service) => provider.getLoadBalancerName(service),
      ensureLoadBalancer: (service, nodes, signal) =>
        live(() => provider.ensureLoadBalancer(service, nodes, signal)),
      updateLoadBalancer: (service, nodes, signal) =>
        live(() => provider.updateLoadBalancer(service, nodes, signal)),
      ensureLoadBalancerDeleted: (service, signal) =>
        live(() => provider.ensureLoadBalancerDeleted(service, signal)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    dataplane: (dataplane) => ({
      kind: dataplane.kind,
      abilities: dataplane.abilities,
      replaceAll: (forwardings) => live(() => dataplane.replaceAll(forwardings)),
      ensure: (forwarding) => live(() => dataplane.ensure(forwarding)),
      remove: (name) => live(() => dataplane.remove(name)),
      onFlow: (listener) => dataplane.onFlow(listener),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  };
}

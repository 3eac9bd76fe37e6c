/** How often the provider could not do what it was asked for. */
import { ImplementedElsewhere, type Provider } from '../provider.ts';

export type CountedCall = 'begin' | 'ensure' | 'update' | 'delete';

export interface ProviderErrors {
  readonly counts: Readonly<Record<CountedCall, number>>;
  /** The same provider, with its failures counted. */
  count(provider: Provider): Provider;
}

export function createProviderErrors(): ProviderErrors {
  const counts = { begin: 0, ensure: 0, update: 0, delete: 0 };
  const counted =
    <Args extends readonly unknown[], Result>(
      call: CountedCall,
      run: (...args: Args) => Promise<Result>,
    ) =>
    async (...args: Args): Promise<Result> => {
      try {
        return await run(...args);
      } catch (error) {
        // Whose it is instead has no failure.
        if (!(error instanceof ImplementedElsewhere)) counts[call] += 1;
        throw error;
      }
    };
  return {
    counts,
    count: (provider) => ({
      name: provider.name,
      begin: counted('begin', (...args) => provider.begin(...args)),
      getLoadBalancer: (...args) => provider.getLoadBalancer(...args),
      getLoadBalancerName: (service) => provider.getLoadBalancerName(service),
      ensureLoadBalancer: counted('ensure', (...args) => provider.ensureLoadBalancer(...args)),
      updateLoadBalancer: counted('update', (...args) => provider.updateLoadBalancer(...args)),
      ensureLoadBalancerDeleted: counted('delete', (...args) =>
        provider.ensureLoadBalancerDeleted(...args),
      ),
      [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
    }),
  };
}

/** The ids that components give to what they draw from a descriptor. */
import { proxies } from '../../proxies/index.ts';

/**
 * The ids on the page of a proxy, beside those of its sections; none on other pages.
 *
 * @example generatedIds('kubectl-proxy').has('flag-port'); // true
 */
export function generatedIds(page: string): ReadonlySet<string> {
  const proxy = proxies.find(({ id }) => id === page);
  if (proxy === undefined) return new Set();
  return new Set([
    ...proxy.claims.map(({ id }) => `claim-${local(id)}`),
    ...proxy.examples.map(({ id }) => `example-${local(id)}`),
    ...proxy.flags.flatMap(({ name, group }) => [`flag-${name}`, `flags-${group}`]),
    ...proxy.differences.map(({ id }) => `difference-${id}`),
  ]);
}

/** `client-http` of `kubectl-proxy.client-http`. */
function local(id: string): string {
  return id.split('.')[1] ?? id;
}

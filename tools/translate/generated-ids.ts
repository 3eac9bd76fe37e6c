/** The ids that components give to what they draw from a descriptor. */
import { proxies, subjects } from '../../proxies/index.ts';

/**
 * The ids on the page of a proxy or a topic, beside those of its sections; none on other pages.
 *
 * @example generatedIds('kubectl-proxy').has('flag-port'); // true
 */
export function generatedIds(page: string): ReadonlySet<string> {
  const subject = subjects.find(({ id }) => id === page);
  const proxy = proxies.find(({ id }) => id === page);
  return new Set([
    ...(subject?.claims ?? []).map(({ id }) => `claim-${local(id)}`),
    ...(subject?.examples ?? []).map(({ id }) => `example-${local(id)}`),
    ...(subject?.tables ?? []).map(({ id }) => `table-${id}`),
    ...(proxy?.flags ?? []).flatMap(({ name, group }) => [`flag-${name}`, `flags-${group}`]),
    ...(proxy?.differences ?? []).map(({ id }) => `difference-${id}`),
  ]);
}

/** `client-http` of `kubectl-proxy.client-http`. */
function local(id: string): string {
  return id.split('.')[1] ?? id;
}

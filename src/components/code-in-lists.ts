/** A message marks a single name as code itself; the names of a list are marked here. */
import type { Value } from '../../proxies/descriptor.ts';

/** @example codeInLists({ hosts: ['a', 'b'], status: 403 }) // { hosts: ['`a`', '`b`'], status: 403 } */
export function codeInLists(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => `\`${item}\``) : value,
    ]),
  );
}

/** A list with a backend twice: HAProxy refuses it, and others would give it two shares. */
import type { Backend } from './backend.ts';

/** @throws Error that names the backend */
export function refuseDuplicates(backends: readonly Backend[]): void {
  const names = new Set<string>();
  for (const { name } of backends) {
    if (names.has(name)) throw new Error(`backend ${name} is on the list twice`);
    names.add(name);
  }
}

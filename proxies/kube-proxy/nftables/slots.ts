/** Which endpoint has which number: as few as can be change theirs. */

/**
 * The wanted endpoints in the order of their numbers: who had a number below the new count keeps it, the last
 * ones move to the numbers that became free, and new ones take what is left.
 */
export function assignSlots(before: readonly string[], wanted: readonly string[]): string[] {
  const missing = new Set(wanted);
  const count = missing.size;
  const slots: (string | undefined)[] = Array.from({ length: count });
  for (const [slot, endpoint] of before.entries()) {
    if (slot < count && missing.delete(endpoint)) slots[slot] = endpoint;
  }
  const rest = [...before.slice(count).filter((endpoint) => missing.delete(endpoint)), ...missing];
  let next = 0;
  return slots.map((endpoint) => endpoint ?? rest[next++] ?? '');
}

/** What one collection has and the other lacks, each item once. */
export function without<T>(items: Iterable<T>, others: Iterable<T>): T[] {
  const excluded = new Set(others);
  return [...new Set(items)].filter((item) => !excluded.has(item));
}

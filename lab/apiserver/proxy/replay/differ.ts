/** No line where both are the same JSON, else one. */
export function differ(what: string, expected: unknown, actual: unknown): string[] {
  const [want, got] = [JSON.stringify(expected), JSON.stringify(actual)];
  return want === got ? [] : [`${what}: recorded ${want}, got ${got}`];
}

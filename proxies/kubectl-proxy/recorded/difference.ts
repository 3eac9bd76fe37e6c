/** How differences are found and told: one line each. */

/** Fills placeholders; those that stand for something unforeseeable stay. */
export type Fill = (text: string) => string;

/** No line where both are the same JSON, else one. */
export function differ(what: string, expected: unknown, actual: unknown): string[] {
  return tellUnless(JSON.stringify(expected) === JSON.stringify(actual), what, expected, actual);
}

/** No line where the text is the expected one but for what its remaining placeholders stand for. */
export function differInText(what: string, expected: string, actual: string): string[] {
  return tellUnless(matches(expected, actual), what, expected, actual);
}

export function tellUnless(
  isRight: boolean,
  what: string,
  expected: unknown,
  actual: unknown,
): string[] {
  return isRight ? [] : [`${what}: expected ${show(expected)}, got ${show(actual)}`];
}

export function matches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (!expected.includes('${')) return false;
  const pattern = expected
    .split(/\$\{[A-Z0-9_]+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 's').test(actual);
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}

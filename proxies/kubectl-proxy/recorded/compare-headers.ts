/** Compares header lists: names without case, in any order; the values of one name in theirs. */
import { matches, tellUnless, type Fill } from './difference.ts';

type Headers = readonly (readonly [string, string])[];

/** Headers we add to the recorded ones, and may. */
const ownHeaders = ['x-hop-refused-by'];

export function compareHeaders(
  what: string,
  expected: Headers,
  actual: Headers,
  fill: Fill,
  ignored: readonly string[] = [],
): string[] {
  const names = new Set([...expected, ...actual].map(([name]) => name.toLowerCase()));
  return [...names].flatMap((name) => {
    if (ignored.includes(name) || ownHeaders.includes(name)) return [];
    const want = valuesOf(expected, name).map(fill);
    const got = valuesOf(actual, name);
    const isAlike =
      want.length === got.length && want.every((value, i) => matches(value, got[i] ?? ''));
    return tellUnless(isAlike, `${what} ${name}`, want, got);
  });
}

function valuesOf(headers: Headers, wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

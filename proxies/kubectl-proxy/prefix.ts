/**
 * The URL prefixes of `--api-prefix` and `--www-prefix`: the patterns of Go's `ServeMux` that end in a
 * slash. Matching is by segment, on the escaped path, so `/custom%2Fapi` is not below `/custom/`.
 */
import { encodeUtf8, unescapePath } from '../kit/http/request-target.ts';

export interface Prefix {
  /** As given, with a slash at its end. One character per byte. */
  readonly text: string;
  /** Decoded; null stands for a wildcard such as `{x}`. */
  readonly segments: readonly (string | null)[];
  /** Without a slash in front Go reads a host name: such a prefix is below no path. */
  readonly isRooted: boolean;
}

/**
 * @throws Error that names the flag, for a prefix that upstream panics on (specification 1.10).
 */
export function parsePrefix(flag: string, value: string): Prefix {
  const text = encodeUtf8(value.endsWith('/') ? value : `${value}/`);
  const segments = text.split('/').slice(1, -1).map(parseSegment);
  const names = text.match(/\{[^}]*\}/g) ?? [];
  const isFaulty =
    /[ \t]/.test(text) ||
    /^[^/]*\{/.test(text) ||
    segments.includes(undefined) ||
    new Set(names).size < names.length;
  if (isFaulty)
    throw new Error(
      `invalid --${flag} "${value}": it must be a path such as /name/, without spaces or braces`,
    );
  return {
    text,
    segments: segments.filter((segment) => segment !== undefined),
    isRooted: text.startsWith('/'),
  };
}

/** Whether an escaped path lies at or below the prefix. */
export function isBelow(prefix: Prefix, escapedPath: string): boolean {
  if (!prefix.isRooted || !escapedPath.startsWith('/')) return false;
  if (prefix.segments.length === 0) return true;
  const segments = escapedPath.split('/').slice(1).map(decodeSegment);
  return (
    segments.length > prefix.segments.length &&
    prefix.segments.every((segment, index) =>
      segment === null ? segments[index] !== '' : segment === segments[index],
    )
  );
}

/** Whether the path is the prefix, not something below it. */
export function isExactly(prefix: Prefix, escapedPath: string): boolean {
  return (
    isBelow(prefix, escapedPath) &&
    escapedPath.endsWith('/') &&
    escapedPath.split('/').length === prefix.segments.length + 2
  );
}

/**
 * Which of two prefixes wins where both match: negative for the first, positive for the second.
 * Segment by segment a name beats a wildcard, and more segments beat fewer.
 */
export function compareSpecificity(a: Prefix, b: Prefix): number {
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const difference = rank(b.segments[index]) - rank(a.segments[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether some path matches both and neither is the more specific one: upstream panics. */
export function areInConflict(a: Prefix, b: Prefix): boolean {
  if (!a.isRooted || !b.isRooted) return a.text === b.text;
  const signs = new Set<number>();
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const [left, right] = [a.segments[index], b.segments[index]];
    if (typeof left === 'string' && typeof right === 'string' && left !== right) return false;
    signs.add(Math.sign(rank(left) - rank(right)));
  }
  return signs.has(1) === signs.has(-1);
}

function rank(segment: string | null | undefined): number {
  if (segment === undefined) return 0;
  return segment === null ? 1 : 2;
}

/** A name, null for a wildcard, undefined for what Go calls a bad segment. */
function parseSegment(segment: string): string | null | undefined {
  if (!segment.includes('{')) return decodeSegment(segment);
  return /^\{[\p{L}_][\p{L}\p{Nd}_]*\}$/u.test(segment) ? null : undefined;
}

function decodeSegment(segment: string): string {
  return unescapePath(segment) ?? segment;
}

/** The framing of a request that is sent on, stated anew. */
import type { Framing } from './framing.ts';
import type { Header } from './head.ts';

/**
 * As Go does: with a length of zero only where a body is usual.
 *
 * @param trailers their names, as they are announced.
 */
export function framingLines(
  method: string,
  framing: Framing,
  trailers: readonly string[],
): string {
  switch (framing.kind) {
    case 'length':
      return `Content-Length: ${framing.length}\r\n`;
    case 'chunked': {
      const announced =
        trailers.length === 0 ? '' : `Trailer: ${trailers.toSorted().join(',')}\r\n`;
      return `Transfer-Encoding: chunked\r\n${announced}`;
    }
    default:
      return usuallyFilled.has(method) ? 'Content-Length: 0\r\n' : '';
  }
}

const usuallyFilled: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What the `Trailer` headers name. */
export function announcedTrailers(headers: readonly Header[]): readonly string[] {
  return headers
    .filter(({ key }) => key === 'trailer')
    .flatMap(({ value }) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

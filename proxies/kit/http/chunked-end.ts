/** The end of a chunked body, with its trailers. */
import type { Header } from './head.ts';
import { isHopByHop } from './hop-by-hop.ts';

/** What says how a message is read must stand before it. */
const notInTrailers: ReadonlySet<string> = new Set(['content-length', 'host']);

export function chunkedEnd(trailers: readonly Header[]): string {
  const lines = passedTrailers(trailers).map(({ name, value }) => `${name}: ${value}\r\n`);
  return `0\r\n${lines.join('')}\r\n`;
}

export function passedTrailers(trailers: readonly Header[]): readonly Header[] {
  return trailers.filter(({ key }) => !isHopByHop(key, notInTrailers));
}

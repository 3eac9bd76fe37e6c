/** What a request speaks, or is about to. */
import type { Hop } from '../hop.ts';
import { headerValue } from './head.ts';
import type { Header } from './head.ts';

/** Of a request over HTTP/1.1. */
export function protocolOf(headers: readonly Header[]): Hop['protocol'] {
  const upgrade = headerValue(headers, 'upgrade')?.toLowerCase() ?? '';
  if (upgrade === 'websocket') return 'WebSocket';
  return upgrade.startsWith('spdy/3.1') ? 'SPDY/3.1' : 'HTTP/1.1';
}

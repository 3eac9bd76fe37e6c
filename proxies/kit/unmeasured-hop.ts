/** Of a connection below TLS and HTTP, little is known: that it began, and where to. */
import type { Hop } from './hop.ts';

/** Bytes are not counted, and times not measured. */
export function unmeasured(): Pick<
  Hop,
  'tls' | 'headers' | 'status' | 'atMs' | 'tookMs' | 'sentBytes' | 'receivedBytes'
> {
  return {
    tls: null,
    headers: { added: [], removed: [], changed: [] },
    status: null,
    atMs: 0,
    tookMs: 0,
    sentBytes: 0,
    receivedBytes: 0,
  };
}

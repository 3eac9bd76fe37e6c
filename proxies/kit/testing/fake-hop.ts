/** For tests: a hop that never happened. */
import type { Station } from '../../descriptor.ts';
import type { Hop } from '../hop.ts';

export function fakeHop(request: string, from: Station, to: Station, client = ''): Hop {
  return {
    request,
    from: { station: from, address: client },
    to: { station: to, address: '' },
    protocol: 'HTTP/1.1',
    tls: null,
    method: 'GET',
    target: '/',
    decision: { key: 'forwarded', values: {} },
    headers: { added: [], removed: [], changed: [] },
    status: 200,
    atMs: 0,
    tookMs: 1,
    sentBytes: 0,
    receivedBytes: 0,
  };
}

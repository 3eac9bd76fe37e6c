/** What kube-proxy answers itself: at its health ports, to those who look after the node. */
import type { z } from 'zod';
import type { errorSchema } from '../../descriptor.ts';

const json = 'application/json';

export const errors = [
  { id: 'not-synced', status: 503, contentType: json, body: null },
  { id: 'node-not-eligible', status: 503, contentType: json, body: null },
  { id: 'no-local-endpoints', status: 503, contentType: json, body: null },
  {
    id: 'no-such-page',
    status: 404,
    contentType: 'text/plain; charset=utf-8',
    body: '404 page not found\n',
  },
] as const satisfies readonly z.input<typeof errorSchema>[];

/**
 * Where the proxy differs on purpose from the recorded kube-apiserver; `tables:differences.<id>` says why.
 * Cases are ids of `recorded/`.
 */
import type { Difference } from '../../descriptor.ts';

export const differences = [
  { id: 'two-readings-of-a-proxy-request', kind: 'safer', cases: [] },
  {
    id: 'bytes-in-target',
    kind: 'safer',
    cases: ['backend-requests-query-weird-encoding'],
  },
  { id: 'endless-tags', kind: 'safer', cases: [] },
  {
    id: 'pod-port-names',
    kind: 'better',
    cases: ['errors-pod-with-named-port-pod-proxy-takes-only-numbers'],
  },
  {
    id: 'streamed-pages',
    kind: 'better',
    cases: ['html-rewrite-deflate-html'],
  },
  {
    id: 'decoded-pages',
    kind: 'better',
    cases: ['html-rewrite-gzip-html-client-sends-no-accept-encoding-body-decoded-for-reading'],
  },
  { id: 'unknown-page-encodings', kind: 'better', cases: [] },
  { id: 'unfinished-tags', kind: 'better', cases: [] },
  {
    id: 'unknown-methods',
    kind: 'implementation',
    cases: ['backend-requests-connect-like-custom-method-foo'],
  },
  {
    id: 'refused-upgrades-close',
    kind: 'implementation',
    cases: [
      'upgrade-backend-ignores-the-upgrade-html',
      'upgrade-backend-closes-without-answer',
      'upgrade-connection-refused',
      'upgrade-no-endpoints',
      'upgrade-no-trailing-slash-upgrade',
      'upgrade-token-in-websocket-subprotocol-only',
    ],
  },
] as const satisfies readonly Difference[];

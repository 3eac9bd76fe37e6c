/** What the apiserver proxy states of itself. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';
import {
  accessPage,
  apimachinery,
  apiserver,
  issue,
  kubernetes,
  proxiesPage,
  recorded,
} from './sources.ts';

type Fact = z.input<typeof claimSchema>;

/** What its proof counts, and what it compares with. */
export const loadBalancesClaim = {
  id: 'apiserver-proxy.load-balances',
  values: { requests: 300, endpoints: 3, chiSquareLimit: 13.82, doubt: 0.001 },
  sources: [
    proxiesPage,
    kubernetes('pkg/registry/core/service/storage/storage.go'),
    recorded('naming-svc-multi-two-endpoints-try-3'),
    recorded('errors-endpoints-with-notreadyaddresses-only'),
  ],
  versions: {},
} as const satisfies Fact;

export const claims = [
  {
    id: 'apiserver-proxy.bastion',
    values: { anonymous: 403, unknown: 401, admitted: 200 },
    sources: [
      proxiesPage,
      accessPage,
      recorded('errors-no-token-pod'),
      recorded('errors-wrong-token'),
      recorded('naming-pod-no-port-first-containerport'),
    ],
    versions: {},
    needs: ['isolated-lab'],
  },
  {
    id: 'apiserver-proxy.reaches-cluster-addresses',
    values: { resources: ['pods', 'services', 'nodes'], forbidden: 403 },
    sources: [
      proxiesPage,
      kubernetes('pkg/registry/core/service/storage/storage.go'),
      recorded('naming-svc-port-number-service-port'),
      recorded('naming-node-10250'),
      recorded('errors-forbidden-user-pod'),
    ],
    versions: {},
    needs: ['isolated-lab'],
  },
  {
    id: 'apiserver-proxy.in-process',
    values: { processes: 1, listeners: 1 },
    sources: [proxiesPage, kubernetes('pkg/registry/core/rest/storage_core.go')],
    versions: {},
    needs: ['proc'],
  },
  {
    id: 'apiserver-proxy.client-https',
    values: { protocol: 'HTTPS', plain: 'HTTP', status: 400 },
    sources: [
      proxiesPage,
      kubernetes('pkg/kubeapiserver/options/serving.go'),
      { kind: 'issue', reference: 'kubernetes/kubernetes#95856' },
    ],
    // Until then, "or http if apiserver so configured": with --insecure-port.
    versions: { since: '1.20' },
  },
  {
    id: 'apiserver-proxy.target-scheme',
    values: { schemes: ['http', 'https'], mismatch: 503 },
    sources: [
      proxiesPage,
      accessPage,
      recorded('naming-svc-https-secure-443'),
      recorded('naming-svc-http-web-http'),
      recorded('naming-node-http-node1-10250-scheme-ignored-for-the-kubelet-port'),
      recorded('errors-https-scheme-sent-to-a-plain-http-port'),
    ],
    versions: {},
  },
  {
    id: 'apiserver-proxy.node-pod-service',
    values: { resources: ['nodes', 'pods', 'services'] },
    sources: [
      proxiesPage,
      kubernetes('pkg/registry/core/node/rest/proxy.go'),
      kubernetes('pkg/registry/core/pod/rest/subresources.go'),
      kubernetes('pkg/registry/core/service/proxy.go'),
    ],
    versions: {},
  },
  loadBalancesClaim,
  {
    id: 'apiserver-proxy.credentials-end-here',
    values: {
      headers: ['Authorization', 'Impersonate-User', 'X-Remote-User'],
    },
    sources: [
      apimachinery('pkg/util/proxy/upgradeaware.go'),
      apiserver('pkg/endpoints/filters/authentication.go'),
      recorded('backend-requests-service-get-many-headers'),
      issue(38775),
    ],
    versions: {},
  },
] as const satisfies readonly Fact[];

/** Requests to the lab's apiservers, by the only way there is. */
import type { z } from 'zod';
import type { exampleSchema } from '../../descriptor.ts';

const json = 'application/json';

export const examples = [
  {
    id: 'apiserver-load-balancer.version',
    request: { protocol: 'http', method: 'GET', path: '/version' },
    expect: { status: 200, contentType: json, bodyContains: '"gitVersion"' },
    claims: ['apiserver-load-balancer.in-front', 'apiserver-load-balancer.balances'],
  },
  {
    id: 'apiserver-load-balancer.addresses',
    request: {
      protocol: 'http',
      method: 'GET',
      path: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes',
    },
    expect: { status: 200, contentType: json, bodyContains: '"endpoints"' },
    claims: ['apiserver-load-balancer.balances'],
  },
  {
    id: 'apiserver-load-balancer.readyz',
    request: { protocol: 'http', method: 'GET', path: '/readyz?verbose' },
    expect: { status: 200, bodyContains: 'readyz check passed' },
    claims: ['apiserver-load-balancer.checks-readyz'],
  },
  {
    id: 'apiserver-load-balancer.livez',
    request: { protocol: 'http', method: 'GET', path: '/livez' },
    expect: { status: 200, bodyContains: 'ok' },
  },
  {
    id: 'apiserver-load-balancer.list',
    request: { protocol: 'http', method: 'GET', path: '/api/v1/namespaces/shop/pods?limit=2' },
    expect: { status: 200, contentType: json, bodyContains: '"PodList"' },
    claims: ['apiserver-load-balancer.varies'],
  },
  {
    id: 'apiserver-load-balancer.watch',
    request: {
      protocol: 'http',
      method: 'GET',
      path: '/api/v1/namespaces/shop/pods?watch=true&timeoutSeconds=3',
    },
    expect: { status: 200, contentType: json },
    streamMs: 4000,
    claims: ['apiserver-load-balancer.balances', 'apiserver-load-balancer.resets-dead'],
  },
  {
    id: 'apiserver-load-balancer.nobody',
    request: { protocol: 'http', method: 'GET', path: '/api/v1/nodes', as: 'nobody' },
    expect: { status: 403, contentType: json, bodyContains: 'system:anonymous' },
    claims: ['apiserver-load-balancer.passthrough'],
  },
] as const satisfies readonly z.input<typeof exampleSchema>[];

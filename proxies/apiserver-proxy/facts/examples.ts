/** Requests through the lab's apiservers. */
import type { z } from 'zod';
import type { exampleSchema } from '../../descriptor.ts';

const inNamespace = (namespace: string, path: string) => `/api/v1/namespaces/${namespace}/${path}`;
const front = inNamespace('shop', 'services/front:http/proxy');

export const examples = [
  {
    id: 'apiserver-proxy.service',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('shop', 'services/catalog/proxy/books?sort=title'),
    },
    expect: { status: 200, contentType: 'application/json' },
    claims: ['apiserver-proxy.node-pod-service', 'apiserver-proxy.load-balances'],
  },
  {
    id: 'apiserver-proxy.pod',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('default', 'pods/web-0/proxy/hello'),
    },
    expect: { status: 200, contentType: 'application/json' },
    claims: ['apiserver-proxy.node-pod-service'],
  },
  {
    id: 'apiserver-proxy.node',
    request: {
      protocol: 'http',
      method: 'GET',
      path: '/api/v1/nodes/node-1/proxy/metrics',
      as: 'administrator',
    },
    expect: { status: 200, contentType: 'text/plain; version=0.0.4' },
    claims: ['apiserver-proxy.node-pod-service', 'apiserver-proxy.target-scheme'],
  },
  {
    id: 'apiserver-proxy.https',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('shop', 'services/https:checkout:443/proxy/pay'),
    },
    expect: { status: 200, contentType: 'application/json' },
    claims: ['apiserver-proxy.target-scheme'],
  },
  {
    id: 'apiserver-proxy.websocket',
    request: {
      protocol: 'websocket',
      path: inNamespace('platform', 'services/chat:ws/proxy/'),
      messages: ['Hello', 'Hop by hop'],
    },
    expect: { status: 101, messages: ['Hello', 'Hop by hop'] },
  },
  {
    id: 'apiserver-proxy.events',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('platform', 'services/events:http/proxy/?interval=500'),
      headers: { Accept: 'text/event-stream' },
    },
    expect: { status: 200, contentType: 'text/event-stream' },
    streamMs: 3000,
  },
  {
    id: 'apiserver-proxy.page',
    request: { protocol: 'http', method: 'GET', path: `${front}/` },
    expect: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      bodyContains: `<a href="${front}/links">`,
    },
  },
  {
    id: 'apiserver-proxy.page-untouched',
    request: {
      protocol: 'http',
      method: 'GET',
      path: `${front}/`,
      headers: { 'X-Hop-Rewrite': 'none' },
    },
    expect: {
      status: 200,
      contentType: 'text/html; charset=utf-8',
      bodyContains: '<a href="/links">',
    },
  },
  {
    id: 'apiserver-proxy.nobody',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('shop', 'services/catalog/proxy/books'),
      as: 'nobody',
    },
    expect: { status: 403, contentType: 'application/json' },
    claims: ['apiserver-proxy.bastion'],
  },
  {
    id: 'apiserver-proxy.named-port',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('shop', 'services/front/proxy/'),
    },
    expect: { status: 503, contentType: 'application/json' },
  },
  {
    id: 'apiserver-proxy.not-found',
    request: {
      protocol: 'http',
      method: 'GET',
      path: inNamespace('shop', 'services/nobody/proxy/'),
    },
    expect: { status: 404, contentType: 'application/json' },
  },
] as const satisfies readonly z.input<typeof exampleSchema>[];

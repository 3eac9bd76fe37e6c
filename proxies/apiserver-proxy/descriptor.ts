/** The facts of the apiserver proxy: what it states of itself, what it takes, what it answers. */
import { defineProxy } from '../descriptor.ts';
import { claims } from './facts/claims.ts';
import { differences } from './facts/differences.ts';
import { errors } from './facts/errors.ts';
import { examples } from './facts/examples.ts';
import { flags } from './facts/flags.ts';
import { headers } from './facts/headers.ts';
import { tables } from './facts/tables.ts';

export const apiserverProxy = defineProxy({
  id: 'apiserver-proxy',
  audience: 'user',
  layer: 'L7',
  upstream: { command: 'kube-apiserver', version: '1.36' },

  stretches: [
    {
      from: 'client',
      to: 'apiserver-proxy',
      protocols: ['HTTP/1.1', 'HTTP/2', 'WebSocket', 'SPDY/3.1'],
      tls: 'required',
      authentication: ['bearer-token', 'client-certificate', 'service-account', 'impersonation'],
    },
    {
      from: 'apiserver-proxy',
      to: 'pod',
      protocols: ['HTTP/1.1', 'WebSocket', 'SPDY/3.1'],
      tls: 'by-name',
      authentication: ['none'],
    },
    {
      from: 'apiserver-proxy',
      to: 'kubelet',
      protocols: ['HTTP/1.1', 'WebSocket', 'SPDY/3.1'],
      tls: 'required',
      authentication: ['client-certificate'],
    },
    {
      from: 'apiserver-proxy',
      to: 'node',
      protocols: ['HTTP/1.1', 'WebSocket', 'SPDY/3.1'],
      tls: 'by-name',
      authentication: ['none'],
    },
  ],

  claims,
  flags,
  headers,
  errors,
  examples,
  tables: [...tables],
  differences,
});

export type ApiserverProxyClaim = (typeof apiserverProxy)['claims'][number]['id'];

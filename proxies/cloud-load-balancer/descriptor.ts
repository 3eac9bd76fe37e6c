/** The facts of the cloud load balancer: what it states of itself, what it takes and counts. */
import { defineProxy } from '../descriptor.ts';
import { flags } from './facts/flags.ts';
import { metrics } from './facts/metrics.ts';
import { ports } from './facts/ports.ts';

export const cloudLoadBalancer = defineProxy({
  id: 'cloud-load-balancer',
  audience: 'administrator',
  layer: 'L4',
  upstream: { command: 'cloud-controller-manager', version: '1.36' },

  stretches: [
    {
      from: 'client',
      to: 'cloud-load-balancer',
      protocols: ['TCP', 'UDP', 'SCTP'],
      tls: 'passed-through',
      authentication: ['none'],
    },
    {
      from: 'cloud-load-balancer',
      to: 'node',
      protocols: ['TCP', 'UDP', 'SCTP'],
      tls: 'passed-through',
      authentication: ['none'],
    },
  ],

  claims: [],
  flags,
  headers: [],
  errors: [],
  metrics,
  examples: [],
  tables: [ports],
  differences: [],
});

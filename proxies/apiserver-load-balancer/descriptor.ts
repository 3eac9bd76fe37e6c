/** The facts of the load balancer in front of the apiservers: what it states of itself, what it takes and counts. */
import { defineProxy } from '../descriptor.ts';
import { metricsTable } from '../kit/metrics-table.ts';
import { claims } from './facts/claims.ts';
import { conditionsTable } from './facts/conditions.ts';
import { elsewhere } from './facts/elsewhere.ts';
import { examples } from './facts/examples.ts';
import { failover } from './facts/failover.ts';
import { flags } from './facts/flags.ts';
import { implementations } from './facts/implementations.ts';
import { limits } from './facts/limits.ts';
import { metrics } from './facts/metrics.ts';
import { ports } from './facts/ports.ts';

/** What it carries: it ends none of it, and asks nobody who they are. */
const carried = { protocols: ['TCP'], tls: 'passed-through', authentication: ['none'] } as const;

export const apiserverLoadBalancer = defineProxy({
  id: 'apiserver-load-balancer',
  audience: 'administrator',
  layer: 'L4',
  // Kubernetes has no such program: these are what stands behind it.
  upstream: { command: 'kube-apiserver', version: '1.36' },

  stretches: [
    { from: 'client', to: 'apiserver-load-balancer', ...carried },
    { from: 'apiserver-load-balancer', to: 'apiserver', ...carried },
  ],

  claims,
  flags,
  headers: [],
  errors: [],
  metrics,
  examples,
  tables: [
    conditionsTable,
    implementations,
    failover,
    limits,
    elsewhere,
    ports,
    metricsTable(metrics, 'apiserver_lb_'),
  ],
  differences: [],
});

export type ApiserverLoadBalancerClaim = (typeof apiserverLoadBalancer)['claims'][number]['id'];

/** The facts of the cloud load balancer: what it states of itself, what it takes and counts. */
import { defineProxy } from '../descriptor.ts';
import { metricsTable } from '../kit/metrics-table.ts';
import { claims } from './facts/claims.ts';
import { eventsTable } from './facts/events-table.ts';
import { examples } from './facts/examples.ts';
import { fields } from './facts/fields.ts';
import { flags } from './facts/flags.ts';
import { healthChecks } from './facts/health-checks.ts';
import { ipModes } from './facts/ip-modes.ts';
import { limits } from './facts/limits.ts';
import { metrics } from './facts/metrics.ts';
import { nodes } from './facts/nodes.ts';
import { ports } from './facts/ports.ts';
import { providerFields, providers } from './facts/providers.ts';
import { refusalsTable } from './facts/refusals-table.ts';

/** What it carries: it ends none of it, and asks nobody who they are. */
const carried = {
  protocols: ['TCP', 'UDP', 'SCTP'],
  tls: 'passed-through',
  authentication: ['none'],
} as const;

export const cloudLoadBalancer = defineProxy({
  id: 'cloud-load-balancer',
  audience: 'administrator',
  layer: 'L4',
  upstream: { command: 'cloud-controller-manager', version: '1.36' },

  stretches: [
    { from: 'client', to: 'cloud-load-balancer', ...carried },
    { from: 'cloud-load-balancer', to: 'node', ...carried },
    // By the kube-proxy of the node, which may well choose a pod of another one.
    { from: 'node', to: 'pod', ...carried },
  ],

  claims,
  flags,
  headers: [],
  errors: [],
  metrics,
  examples,
  tables: [
    eventsTable,
    nodes,
    ipModes,
    providers,
    refusalsTable,
    providerFields,
    healthChecks,
    fields,
    limits,
    ports,
    metricsTable(metrics, ''),
  ],
  differences: [],
});

export type CloudLoadBalancerClaim = (typeof cloudLoadBalancer)['claims'][number]['id'];

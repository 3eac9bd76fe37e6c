/** The facts of kube-proxy: what it states of itself, what it takes, where it sends connections. */
import { defineProxy } from '../descriptor.ts';
import { metricsTable } from '../kit/metrics-table.ts';
import { claims } from './facts/claims.ts';
import { differences } from './facts/differences.ts';
import { errors } from './facts/errors.ts';
import { examples } from './facts/examples.ts';
import { flags } from './facts/flags.ts';
import { limits } from './facts/limits.ts';
import { metrics } from './facts/metrics.ts';
import { modes } from './facts/modes.ts';
import { policies } from './facts/policies.ts';
import { ports } from './facts/ports.ts';
import { selection } from './facts/selection.ts';

/** What it carries: it ends none of it, and asks nobody who they are. */
const carried = {
  protocols: ['TCP', 'UDP', 'SCTP'],
  tls: 'passed-through',
  authentication: ['none'],
} as const;

export const kubeProxy = defineProxy({
  id: 'kube-proxy',
  audience: 'administrator',
  layer: 'L4',
  upstream: { command: 'kube-proxy', version: '1.36' },

  stretches: [
    // Whoever connects to a Service: a pod, a node, or somebody outside.
    { from: 'client', to: 'kube-proxy', ...carried },
    { from: 'kube-proxy', to: 'pod', ...carried },
  ],

  claims,
  flags,
  headers: [],
  errors,
  metrics,
  examples,
  tables: [policies, selection, modes, limits, ports, metricsTable(metrics, 'kubeproxy_')],
  differences,
});

export type KubeProxyClaim = (typeof kubeProxy)['claims'][number]['id'];

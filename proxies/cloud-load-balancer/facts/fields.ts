/** The fields of a Service that its load balancer is made by, and those that it is told in (specification 5.3). */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { LoadBalancerIngress, PortStatus, ServiceSpec } from '../service.ts';
import { finalizer } from './finalizer.ts';

interface FieldFact {
  readonly default: string;
  /** Whether it may change while the Service is of this type. */
  readonly changes: boolean;
  /** What its words interpolate. */
  readonly values?: Readonly<Record<string, string | number | readonly string[]>>;
}

const specFields = {
  type: { default: 'ClusterIP', changes: true, values: { type: 'LoadBalancer', finalizer } },
  loadBalancerClass: { default: '', changes: false },
  ports: {
    default: '',
    changes: true,
    values: { since: '1.26', error: 'MixedProtocolNotSupported' },
  },
  ipFamilies: { default: '', changes: true },
  loadBalancerSourceRanges: {
    default: '0.0.0.0/0',
    changes: true,
    values: { annotation: 'service.beta.kubernetes.io/load-balancer-source-ranges' },
  },
  externalTrafficPolicy: { default: 'Cluster', changes: true, values: { local: 'Local' } },
  healthCheckNodePort: {
    default: '',
    changes: false,
    values: { policy: 'externalTrafficPolicy: Local', path: '/healthz' },
  },
  allocateLoadBalancerNodePorts: { default: 'true', changes: true, values: { none: 'false' } },
  sessionAffinity: {
    default: 'None',
    changes: true,
    values: { affinity: 'ClientIP', seconds: 10_800 },
  },
  loadBalancerIP: { default: '', changes: true, values: { deprecated: '1.24' } },
} as const satisfies Partial<Record<keyof ServiceSpec, FieldFact>>;

const ingressFields = {
  ip: { default: '', changes: true },
  hostname: { default: '', changes: true },
  ipMode: { default: 'VIP', changes: true, values: { modes: ['VIP', 'Proxy'], since: '1.30' } },
  ports: { default: '', changes: true },
} as const satisfies Record<keyof LoadBalancerIngress, FieldFact>;

const portFields = {
  error: {
    default: '',
    changes: true,
    values: {
      examples: ['MixedProtocolNotSupported', 'example.com/QuotaExceeded'],
      characters: 316,
    },
  },
} as const satisfies Partial<Record<keyof PortStatus, FieldFact>>;

export const fields: z.input<typeof tableSchema> = {
  id: 'fields',
  columns: [
    { id: 'field', kind: 'code' },
    { id: 'default', kind: 'code' },
    { id: 'changes', kind: 'yes-no' },
    { id: 'what', kind: 'words' },
  ],
  rows: [
    ...rowsOf('spec', specFields),
    ...rowsOf('status.loadBalancer.ingress[]', ingressFields),
    ...rowsOf('status.loadBalancer.ingress[].ports[]', portFields),
  ],
};

function rowsOf(where: string, facts: Readonly<Record<string, FieldFact>>) {
  return Object.entries(facts).map(([name, { default: given, changes, values }]) => ({
    id: rowId(where, name),
    cells: { field: `${where}.${name}`, default: given, changes, ...values },
  }));
}

/** @example rowId('spec', 'loadBalancerIP') // 'spec-load-balancer-ip' */
function rowId(where: string, name: string): string {
  const place = where === 'spec' ? 'spec' : where.endsWith('ports[]') ? 'port' : 'ingress';
  return `${place}-${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}

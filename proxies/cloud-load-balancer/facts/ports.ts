/** Where the cloud load balancer tells of itself, and where it asks nodes how they are. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { flags } from './flags.ts';

const admin = flags
  .filter(({ name }) => name === 'admin-bind-address')
  .map(({ default: value }) => value.toString());

export const ports: z.input<typeof tableSchema> = {
  id: 'ports',
  describedAs: 'cloud-ports',
  columns: [
    { id: 'address', kind: 'code' },
    { id: 'path', kind: 'code' },
    { id: 'what', kind: 'words' },
  ],
  rows: [
    { id: 'healthz', cells: { address: admin, path: '/healthz' } },
    { id: 'readyz', cells: { address: admin, path: '/readyz' } },
    { id: 'metrics', cells: { address: admin, path: '/metrics' } },
    { id: 'load-balancers', cells: { address: admin, path: '/load-balancers' } },
    {
      id: 'node',
      cells: {
        address: ':10256',
        path: '/healthz',
        policy: 'externalTrafficPolicy: Cluster',
      },
    },
    {
      id: 'node-of-service',
      cells: {
        address: ':healthCheckNodePort',
        path: '/healthz',
        policy: 'externalTrafficPolicy: Local',
      },
    },
  ],
};

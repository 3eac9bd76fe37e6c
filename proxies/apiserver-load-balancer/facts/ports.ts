/** Where the load balancer listens, and where it tells of itself. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { flags } from './flags.ts';

const defaultOf = (name: (typeof flags)[number]['name']) =>
  flags
    .filter((flag) => flag.name === name)
    .flatMap(({ default: value }) => value.toString().split(','));

const admin = defaultOf('admin-bind-address');

export const ports: z.input<typeof tableSchema> = {
  id: 'ports',
  describedAs: 'balancer-ports',
  columns: [
    { id: 'address', kind: 'code' },
    { id: 'path', kind: 'code' },
    { id: 'what', kind: 'words' },
  ],
  rows: [
    { id: 'listen', cells: { address: defaultOf('listen'), path: '' } },
    { id: 'healthz', cells: { address: admin, path: '/healthz' } },
    { id: 'readyz', cells: { address: admin, path: '/readyz' } },
    { id: 'metrics', cells: { address: admin, path: '/metrics' } },
    { id: 'backends', cells: { address: admin, path: '/backends' } },
  ],
};

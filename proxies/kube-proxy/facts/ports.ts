/** Where kube-proxy itself answers (specification 3.11). */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const health = '0.0.0.0:10256';
const metrics = '127.0.0.1:10249';
const weight = 'X-Load-Balancing-Endpoint-Weight';

export const ports = {
  id: 'ports',
  columns: [
    { id: 'address', kind: 'code' },
    { id: 'path', kind: 'code' },
    { id: 'what', kind: 'words' },
  ],
  rows: [
    {
      id: 'healthz',
      cells: {
        address: health,
        path: '/healthz',
        taint: 'ToBeDeletedByClusterAutoscaler',
        status: 503,
        seconds: 60,
      },
    },
    { id: 'livez', cells: { address: health, path: '/livez' } },
    {
      id: 'health-check-node-port',
      cells: { address: 'healthCheckNodePort', path: '/', status: 503, header: weight },
    },
    { id: 'metrics', cells: { address: metrics, path: '/metrics' } },
    { id: 'proxy-mode', cells: { address: metrics, path: '/proxyMode' } },
    { id: 'configz', cells: { address: metrics, path: '/configz' } },
    { id: 'metrics-healthz', cells: { address: metrics, path: '/healthz', body: 'ok' } },
  ],
} as const satisfies z.input<typeof tableSchema>;

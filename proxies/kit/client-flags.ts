/** The flags every client of an apiserver takes, as kubectl names them. Pure data, browser-safe. */
import type { z } from 'zod';
import type { flagSchema } from '../descriptor.ts';

export const clientFlags = [
  { name: 'kubeconfig', type: 'string', default: '', env: 'KUBECONFIG', group: 'cluster' },
  { name: 'context', type: 'string', default: '', group: 'cluster' },
  { name: 'cluster', type: 'string', default: '', group: 'cluster' },
  { name: 'user', type: 'string', default: '', group: 'cluster' },
  { name: 'namespace', shorthand: 'n', type: 'string', default: '', group: 'cluster' },
  {
    name: 'server',
    shorthand: 's',
    type: 'string',
    default: '',
    env: 'KUBERNETES_MASTER',
    group: 'cluster',
  },
  { name: 'tls-server-name', type: 'string', default: '', group: 'cluster' },
  { name: 'certificate-authority', type: 'string', default: '', group: 'cluster' },
  { name: 'insecure-skip-tls-verify', type: 'bool', default: false, group: 'cluster' },
  { name: 'disable-compression', type: 'bool', default: false, group: 'cluster' },
  { name: 'request-timeout', type: 'string', default: '0', group: 'cluster' },
  { name: 'token', type: 'string', default: '', group: 'credentials' },
  { name: 'client-certificate', type: 'string', default: '', group: 'credentials' },
  { name: 'client-key', type: 'string', default: '', group: 'credentials' },
  { name: 'username', type: 'string', default: '', group: 'credentials', hidden: true },
  { name: 'password', type: 'string', default: '', group: 'credentials', hidden: true },
  { name: 'as', type: 'string', default: '', group: 'credentials' },
  { name: 'as-group', type: 'strings', default: [], group: 'credentials' },
  { name: 'as-uid', type: 'string', default: '', group: 'credentials' },
] as const satisfies readonly z.input<typeof flagSchema>[];

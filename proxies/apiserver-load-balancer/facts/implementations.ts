/** Four load balancers and none, side by side: from the lists that the suite of conformance reads, too. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { implementationLimits, type ImplementationLimitId } from '../implementations/limits.ts';
import { nftablesLimits, type NftablesLimitId } from '../nftables/limits.ts';

/** Where userspace and the two programs do the same, and the kernel does not. */
type KernelRow = 'retry' | 'dial-timeout' | 'restart';

/** Details of options that few set: those who set them are told at the start. */
type Detail = 'idle-timeout' | 'first-healthy-order' | 'least-connections-after-list-change';

/**
 * The rows in their order, and what a client has that goes to one apiserver directly; empty where there is
 * nothing to say. What is on one of the lists and not in here does not compile.
 */
const withoutAny = {
  'not-ready': 'gets-connections',
  dead: 'gets-connections',
  hung: 'gets-connections',
  'broken-connection': '',
  retry: 'fails',
  'dial-timeout': 'fails',
  'unanswered-client-hello': 'hang',
  'connections-of-the-dead': 'hang',
  'connections-of-the-dead-after-list-change': '',
  'resets-of-clients': 'reset',
  'resets-of-apiservers': 'reset',
  'list-change': '',
  restart: '',
  'try-all': '',
  certificate: '',
  'untrusted-when-none-ready': '',
  'no-idle-timeout': 'never',
  'max-connection-age': 'never',
  'proxy-protocol-v2': '',
  'keepalive-to-backends': 'by-client',
  statuses: '',
  counts: '',
  connections: '',
} as const satisfies Record<Exclude<ImplementationLimitId, Detail> | KernelRow, string>;

type RowId = keyof typeof withoutAny;

/** Where the kernel's list calls the same thing otherwise. */
const inKernel: Readonly<Partial<Record<RowId, NftablesLimitId>>> = {
  'keepalive-to-backends': 'tcp-keepalive',
  'proxy-protocol-v2': 'proxy-protocol',
};

const needs = {
  userspace: 'needs-node',
  nftables: 'needs-root',
  nginx: 'needs-stream',
  haproxy: 'needs-haproxy',
  none: '',
} as const;

export const implementations: z.input<typeof tableSchema> = {
  id: 'implementations',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'userspace', kind: 'term' },
    { id: 'nftables', kind: 'term' },
    { id: 'nginx', kind: 'term' },
    { id: 'haproxy', kind: 'term' },
    { id: 'none', kind: 'term' },
  ],
  rows: [
    ...(Object.keys(withoutAny) as RowId[]).map((id) => ({ id, cells: cellsOf(id) })),
    { id: 'needs', cells: needs },
  ],
};

function cellsOf(
  id: RowId,
): Record<'userspace' | 'nftables' | 'nginx' | 'haproxy' | 'none', string> {
  const program = implementationLimits.find((limit) => limit.id === id);
  const kernel = nftablesLimits.find((limit) => limit.id === (inKernel[id] ?? id));
  const userspace = program?.hop ?? kernel?.userspace ?? '';
  const { nginx = userspace, haproxy = userspace } = insteadOf(program);
  const nftables = kernel?.nftables ?? userspace;
  return { userspace, nftables, nginx, haproxy, none: withoutAny[id] };
}

function insteadOf(limit: (typeof implementationLimits)[number] | undefined): {
  readonly nginx?: string;
  readonly haproxy?: string;
} {
  return limit?.instead ?? {};
}

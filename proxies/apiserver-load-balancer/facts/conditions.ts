/** What the checks can say of an apiserver, and what follows: worked out by the code that decides it. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { Condition } from '../backend.ts';
import { planForwarding, type PlannedBackend } from '../plan.ts';

/** What becomes of the connections that it has. */
const existing = {
  ready: 'live-on',
  suspect: 'live-on',
  unknown: 'live-on',
  'not-ready': 'drain',
  untrusted: 'drain',
  dead: 'reset',
} as const satisfies Readonly<Record<Condition, string>>;

const conditions = Object.keys(existing) as Condition[];

export const conditionsTable: z.input<typeof tableSchema> = {
  id: 'conditions',
  columns: [
    { id: 'condition', kind: 'code' },
    { id: 'means', kind: 'words' },
    { id: 'new', kind: 'yes-no' },
    { id: 'alone', kind: 'yes-no' },
    { id: 'existing', kind: 'term' },
  ],
  rows: conditions.map((condition) => ({
    id: condition,
    cells: {
      condition,
      new: getsConnections(condition, ['ready']),
      alone: getsConnections(condition, []),
      existing: existing[condition],
      path: '/readyz',
      status: 200,
    },
  })),
};

/** Whether new connections go to an apiserver in this condition, beside others in those. */
function getsConnections(condition: Condition, others: readonly Condition[]): boolean {
  const backends = [condition, ...others].map(backendIn);
  const { eligible } = planForwarding(backends, 'try-all');
  return eligible.some(({ name }) => name === '0');
}

function backendIn(condition: Condition, index: number): PlannedBackend {
  const name = String(index);
  const backend = { name, address: '', port: 0, family: 'IPv4', isDraining: false } as const;
  return { backend, condition, isWanted: true, isDue: false };
}

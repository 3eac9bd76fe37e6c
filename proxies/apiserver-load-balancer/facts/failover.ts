/** How quickly each load balancer moves, as it was measured side by side (`failover/`). */
import * as z from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import measured from './measured.json' with { type: 'json' };

const milliseconds = z.number().nonnegative().nullable();

const {
  rounds,
  settings,
  failover: results,
} = z
  .object({
    rounds: z.int(),
    settings: z.object({
      checkIntervalMs: z.number(),
      checkTimeoutMs: z.number(),
      fall: z.int(),
      requestsPerSecond: z.number(),
    }),
    failover: z
      .array(
        z.object({
          scenario: z.string(),
          balancer: z.string(),
          requests: z.int(),
          failed: z.int(),
          slowestMs: z.number(),
          untilNoneFailsMs: milliseconds,
          idleEndedMs: milliseconds,
        }),
      )
      .min(1),
  })
  .parse(measured);

/** It did not come as long as it was looked at: requests fail until the end, watches live on. */
const notSeen = '–';

export const failover: z.input<typeof tableSchema> = {
  id: 'failover',
  columns: [
    { id: 'fault', kind: 'term' },
    { id: 'balancer', kind: 'term' },
    { id: 'failed', kind: 'text' },
    { id: 'slowestMs', kind: 'text' },
    { id: 'untilNoneFailsMs', kind: 'text' },
    { id: 'watchEndedMs', kind: 'text' },
  ],
  note: { rounds, ...settings },
  rows: results.map(({ scenario, balancer, requests, failed, ...took }) => ({
    id: `${scenario}-${balancer}`,
    cells: {
      fault: scenario,
      balancer,
      failed: `${failed} / ${requests}`,
      slowestMs: String(Math.round(took.slowestMs)),
      untilNoneFailsMs: rounded(took.untilNoneFailsMs),
      watchEndedMs: rounded(took.idleEndedMs),
    },
  })),
};

function rounded(ms: number | null): string {
  return ms === null ? notSeen : String(Math.round(ms));
}

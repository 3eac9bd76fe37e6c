/** What the load balancer in front of the apiservers states of itself. */
import type { z } from 'zod';
import type { claimSchema } from '../../descriptor.ts';

type Fact = z.input<typeof claimSchema>;

export const claims = [] as const satisfies readonly Fact[];

/** What the cloud load balancer counts; its admin server serves this list. */
import type { z } from 'zod';
import type { metricSchema } from '../../descriptor.ts';

const list: readonly z.input<typeof metricSchema>[] = [];

export const metrics = list;

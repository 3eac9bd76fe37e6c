/** `pause`: does nothing until it is told to end. */
import { createLifecycle } from './lifecycle.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async () =>
  createLifecycle({ close: () => undefined }).workload;

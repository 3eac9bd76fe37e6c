/** Everything that a dataplane is tried with. */
import type { ConformanceCase } from './case.ts';
import { changeCases } from './change.ts';
import { forwardCases } from './forward.ts';
import { sourceRangeCases } from './source-ranges.ts';

export const conformanceCases: readonly ConformanceCase[] = [
  ...forwardCases,
  ...sourceRangeCases,
  ...changeCases,
];

/** The whole suite. */
import { balanceCases } from './balance.ts';
import type { ConformanceCase } from './case.ts';
import { checkCases } from './checks.ts';
import { limitCases } from './limits.ts';
import { listCases } from './list.ts';
import { untouchedCases } from './untouched.ts';

export const conformanceCases: readonly ConformanceCase[] = [
  ...untouchedCases,
  ...balanceCases,
  ...checkCases,
  ...listCases,
  ...limitCases,
];

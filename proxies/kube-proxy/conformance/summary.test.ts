import { expect, it } from 'vitest';
import { conformanceCases, flowCount } from './cases/all.ts';
import { conformanceSummary } from './summary.ts';

it('the summary says how many cases and flows there are', () => {
  expect(conformanceSummary).toMatchObject({ cases: conformanceCases.length, flows: flowCount });
});

it('no two cases have one name', () => {
  const names = conformanceCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('no two flows of a case have one name', () => {
  for (const { name, steps } of conformanceCases) {
    const flows = steps.flatMap((step) => step.flows.map((flow) => `${step.name}: ${flow.name}`));
    expect(new Set(flows).size, name).toBe(flows.length);
  }
});

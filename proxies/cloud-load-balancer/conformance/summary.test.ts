import { describe, expect, it } from 'vitest';
import { dataplaneLimits, dataplaneSubjects, type DataplaneLimitId } from '../nftables/limits.ts';
import { conformanceCases } from './cases/all.ts';
import { conformanceSummary } from './summary.ts';

it('the summary says how many cases there are, and how much is looked at', () => {
  const observations = conformanceCases.flatMap(({ expect: expected }) => Object.keys(expected));
  expect(conformanceSummary).toEqual({
    cases: conformanceCases.length,
    observations: observations.length,
    subjects: dataplaneSubjects,
  });
});

it('no two cases have one name', () => {
  const names = conformanceCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

/** No case comes across these. */
const elsewhere: readonly DataplaneLimitId[] = ['far-nodes', 'own-machine', 'path-mtu'];

describe('the limits', () => {
  const met = conformanceCases.flatMap(({ instead = {} }) =>
    Object.values(instead).flatMap((deviations) => deviations.map(({ because }) => because)),
  );

  it('are all met, but for those that no case comes across', () => {
    const unmet = dataplaneLimits
      .map(({ id }) => id)
      .filter((id) => !met.includes(id) && !elsewhere.includes(id));
    expect(unmet).toEqual([]);
  });

  it('change something in each case that names them', () => {
    for (const { name, instead = {}, expect: expected } of conformanceCases) {
      for (const { sees } of Object.values(instead).flat()) {
        expect(Object.keys(expected), name).toEqual(expect.arrayContaining(Object.keys(sees)));
        expect(sees, name).not.toEqual(expected);
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { implementationLimits } from '../implementations/limits.ts';
import { nftablesLimits } from '../nftables/limits.ts';
import { conformanceCases } from './cases/all.ts';
import { subjects, type LimitId, type Subject } from './cases/case.ts';
import { directLimits } from './direct-limits.ts';
import { conformanceSummary } from './summary.ts';

it('the summary says how many cases there are, and how much is looked at', () => {
  const observations = conformanceCases.flatMap(({ expect: expected }) => Object.keys(expected));
  expect(conformanceSummary).toMatchObject({
    cases: conformanceCases.length,
    observations: observations.length,
    subjects,
  });
});

it('no two cases have one name', () => {
  const names = conformanceCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

/** Whom each limit is of. */
const listed: Readonly<Record<Subject, readonly LimitId[]>> = {
  userspace: [],
  nftables: nftablesLimits.map(({ id }) => id),
  nginx: implementationLimits.flatMap(({ id, instead }) => ('nginx' in instead ? [id] : [])),
  haproxy: implementationLimits.flatMap(({ id, instead }) => ('haproxy' in instead ? [id] : [])),
  none: directLimits.map(({ id }) => id),
};

/** No case comes across these: they take minutes, or it is logs, counts and restarts that show them. */
const elsewhere: readonly LimitId[] = [
  ...(['loopback', 'foreign-firewall', 'idle-timeout', 'half-closed', 'restart', 'bytes'] as const),
  ...(['dead', 'broken-connection', 'connections-of-the-dead-after-list-change'] as const),
  ...(['least-connections-after-list-change', 'try-all', 'proxy-protocol-v2'] as const),
  ...(['keepalive-to-backends', 'no-idle-timeout', 'statuses', 'counts', 'certificate'] as const),
];

describe.each(subjects)('the limits of %s', (subject) => {
  const met = new Set(
    conformanceCases.flatMap(({ instead }) => (instead?.[subject] ?? []).map((one) => one.because)),
  );

  it('are all that it deviates by', () => {
    expect([...met].filter((id) => !listed[subject].includes(id))).toEqual([]);
  });

  it('are all met, but for those that are tested elsewhere', () => {
    const unmet = listed[subject].filter((id) => !met.has(id) && !elsewhere.includes(id));
    expect(unmet).toEqual([]);
  });

  it('change something in each case that names them', () => {
    for (const { name, instead, expect: expected } of conformanceCases) {
      for (const { sees } of instead?.[subject] ?? []) {
        expect(Object.keys(expected), name).toEqual(expect.arrayContaining(Object.keys(sees)));
        expect(sees, name).not.toEqual(expected);
      }
    }
  });
});

import { expect, it } from 'vitest';
import { sumOfReport } from './test-sum.ts';

const report = (testResults: readonly object[]) => JSON.stringify({ testResults });

it('counts what passed, failed and was skipped, and names the last two', () => {
  const tests = [
    { fullName: 'a proxy answers', status: 'passed' },
    { fullName: 'a proxy ends', status: 'failed', failureMessages: ['Error: late\n    at …'] },
    { fullName: 'a proxy waits', status: 'skipped', meta: { skipped: 'no nft' } },
  ];
  expect(
    sumOfReport(report([{ name: 'a.ts', status: 'failed', assertionResults: tests }]), 1),
  ).toEqual({
    passed: 1,
    failed: 1,
    failures: ['a proxy ends: Error: late'],
    skipped: ['a proxy waits: no nft'],
  });
});

it('counts a file that failed before its tests', () => {
  const file = { name: 'a.ts', status: 'failed', message: 'Syntax error', assertionResults: [] };
  expect(sumOfReport(report([file]), 1).failures).toEqual(['a.ts: Syntax error']);
});

it('counts a run that ended badly without a failure, and one without a report', () => {
  expect(sumOfReport(report([]), 137)).toMatchObject({ failed: 1 });
  expect(sumOfReport(null, 0)).toMatchObject({ failed: 1 });
});

/** What a run of Vitest came to, from its JSON report. */
import * as z from 'zod';

export interface Sum {
  readonly passed: number;
  readonly failed: number;
  /** What failed, by name, with the first line of the reason where there is one. */
  readonly failures: readonly string[];
  /** Each with its reason. */
  readonly skipped: readonly string[];
}

export const noSum: Sum = { passed: 0, failed: 0, failures: [], skipped: [] };

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).default([]),
          meta: z.object({ skipped: z.string().optional() }).optional(),
        }),
      ),
    }),
  ),
});

/**
 * Counts every test; a file that failed without one of its tests failing counts too, and so does a run
 * that ended badly or without a report though nothing failed.
 */
export function sumOfReport(report: string | null, status: number): Sum {
  if (report === null) return { ...noSum, failed: 1, failures: ['no report was written'] };
  const { testResults: files } = reportSchema.parse(JSON.parse(report));
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failures = [
    ...tests
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages }) => named(fullName, failureMessages[0])),
    ...files
      .filter(
        ({ status: outcome, assertionResults }) =>
          outcome === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
      )
      .map(({ name, message }) => named(name, message)),
  ];
  if (failures.length === 0 && status !== 0) failures.push(`the run ended with status ${status}`);
  const skipped = tests
    .filter((test) => !['passed', 'failed'].includes(test.status))
    .map(({ fullName, meta }) => `${fullName}: ${meta?.skipped ?? 'skipped by the test'}`);
  return { passed, failed: failures.length, failures, skipped };
}

function named(name: string, message = ''): string {
  const [reason = ''] = message.split('\n', 1);
  return reason === '' ? name : `${name}: ${reason}`;
}

/** What a run of Vitest came to, from its JSON report. */
import * as z from 'zod';

export interface Sum {
  readonly passed: number;
  readonly failed: number;
  /** Each with its reason. */
  readonly skipped: readonly string[];
}

export const noSum: Sum = { passed: 0, failed: 0, skipped: [] };

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
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
  if (report === null) return { ...noSum, failed: 1 };
  const { testResults: files } = reportSchema.parse(JSON.parse(report));
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failedFiles = files.filter(
    ({ status: outcome, assertionResults }) =>
      outcome === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = tests.filter((test) => test.status === 'failed').length + failedFiles.length;
  const skipped = tests
    .filter((test) => !['passed', 'failed'].includes(test.status))
    .map(({ fullName, meta }) => `${fullName}: ${meta?.skipped ?? 'skipped by the test'}`);
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

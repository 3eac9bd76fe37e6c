/** `npm test`: everything that is checked, in an order that fails early, and one sum at the end. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { project } from './project.ts';
import { runQuietly, runVisibly } from './processes.ts';
import { noSum, sumOfReport, type Sum } from './test-sum.ts';

const bin = (name: string, path: string) => project('node_modules', name, path);
const vitest = bin('vitest', 'vitest.mjs');
const astro = bin('astro', 'bin/astro.mjs');

/** A program that is right or wrong as a whole: one test of the sum. */
interface Check {
  readonly title: string;
  readonly args: readonly string[];
}

const checks: readonly (readonly Check[])[] = [
  [
    { title: 'types', args: [bin('typescript', 'bin/tsc'), '--noEmit'] },
    { title: 'lint', args: [bin('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'] },
  ],
  [
    { title: 'types of the pages', args: [astro, 'check', '--minimumFailingSeverity', 'warning'] },
    { title: 'format', args: [bin('prettier', 'bin/prettier.cjs'), '--check', '.'] },
    { title: 'translations', args: ['tools/hop.ts', 'translate', 'check'] },
  ],
];

// Ending by `exit` ends the program that is running, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

const startedAt = performance.now();
const total = await runAll();
console.log(`\n${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
if (total.failures.length > 0) {
  console.log(`\nFailed:\n${total.failures.map((name) => `  ${name}`).join('\n')}`);
}
if (total.skipped.length > 0) {
  console.log(`\nSkipped:\n${total.skipped.map((name) => `  ${name}`).join('\n')}`);
}
const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runAll(): Promise<Sum> {
  await runVisibly(['tools/setup.ts']);
  // The types of the pages come from the content; both type checks read them.
  await runQuietly([astro, 'sync']);
  // Two cores: two lines of checks at a time.
  const checked = await Promise.all(checks.map(runInOrder));
  const unit = await runTests('unit');
  const built = await runInOrder([{ title: 'build', args: ['tools/build.ts'] }]);
  const browser = built.failed > 0 ? noSum : await runTests('browser');
  return [...checked, unit, built, browser].reduce(add, noSum);
}

async function runInOrder(line: readonly Check[]): Promise<Sum> {
  let sum = noSum;
  for (const { title, args } of line) {
    const { status, output, tookMs } = await runQuietly(args);
    const hasPassed = status === 0;
    console.log(`${hasPassed ? '✓' : '✗'} ${title} (${(tookMs / 1000).toFixed(1)} s)`);
    if (!hasPassed) console.log(output);
    sum = add(
      sum,
      hasPassed ? { ...noSum, passed: 1 } : { ...noSum, failed: 1, failures: [title] },
    );
  }
  return sum;
}

async function runTests(name: 'unit' | 'browser'): Promise<Sum> {
  const report = project('.lab', 'tests', `${name}.json`);
  await mkdir(project('.lab', 'tests'), { recursive: true });
  await rm(report, { force: true });
  console.log(`\n${name} tests`);
  const status = await runVisibly([
    vitest,
    'run',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return sumOfReport(await readFile(report, 'utf8').catch(() => null), status);
}

function add(a: Sum, b: Sum): Sum {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    failures: [...a.failures, ...b.failures],
    skipped: [...a.skipped, ...b.skipped],
  };
}

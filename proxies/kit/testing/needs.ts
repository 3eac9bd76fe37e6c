/** Programs of the system that a test may need and a machine may lack. */
import { findProgram as find } from '../find-program.ts';

/** What each need is called on the command line; the first that is found serves. */
const programs = {
  kubectl: ['kubectl'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  nft: ['nft'],
  ip: ['ip'],
  nginx: ['nginx'],
  haproxy: ['haproxy'],
} as const satisfies Record<string, readonly string[]>;

export type Program = keyof typeof programs;

/** The path of a program, or null where it is not installed. */
export function findProgram(program: Program): string | null {
  for (const name of programs[program]) {
    const found = find(name);
    if (found !== null) return found;
  }
  return null;
}

/** What Vitest hands to a test, as far as it is used here. */
export interface SkippableTest {
  readonly skip: (note?: string) => never;
  readonly task: { readonly meta: object };
}

/**
 * Skips the test where a program is missing, and says which. In CI nothing may be missing: there the
 * test fails.
 *
 * @example test('kubectl lists pods', async (context) => { needs(context, 'kubectl'); … })
 * @returns the paths of the programs
 */
export function needs<const P extends readonly Program[]>(
  { skip, task }: SkippableTest,
  ...wanted: P
): { readonly [K in keyof P]: string } {
  const found = wanted.map(findProgram);
  const missing = wanted.filter((_, i) => found[i] === null);
  if (missing.length === 0) return found as unknown as { readonly [K in keyof P]: string };
  const reason = `${missing.join(', ')} not installed: npm run setup`;
  if (process.env.CI) throw new Error(reason);
  Object.assign(task.meta, { skipped: reason });
  return skip(reason);
}

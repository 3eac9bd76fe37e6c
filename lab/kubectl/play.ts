/** Plays a group of the tables, and says everything that was not as expected. */
import { isScene, applies, type Command, type Expected, type Group } from './command.ts';
import type { Session } from './session.ts';

/** Runs the steps in order; resolves with the complaints, none when all went well. */
export async function play(group: Group, session: Session): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const step of group.steps) {
    if (!applies(step, session.binary.minor)) continue;
    const found = isScene(step)
      ? await step.play(session).then(
          () => [],
          (error: unknown) => [error instanceof Error ? error.message : String(error)],
        )
      : await check(step, session);
    complaints.push(...found.map((complaint) => `kubectl ${step.run}\n${indent(complaint)}`));
  }
  return complaints;
}

async function check(command: Command, session: Session): Promise<readonly string[]> {
  const { run, prints, fails, warns, shape } = command;
  const { code, stdout, stderr, raw } = await session.run(run, command);
  if (fails === undefined && code !== 0) return [`failed with ${code}: ${stderr}${stdout}`];
  if (fails !== undefined && code === 0) return [`did not fail: ${stdout}`];
  return [
    ...compare('printed', stdout, prints),
    ...compare('said', stderr, fails ?? warns),
    ...(shape === undefined ? [] : checkShape(shape, raw)),
  ];
}

function compare(what: string, actual: string, expected: Expected | undefined): readonly string[] {
  if (expected === undefined) return [];
  const isSame = typeof expected === 'string' ? actual === expected.trim() : expected.test(actual);
  return isSame ? [] : [`${what}:\n${indent(actual)}\nexpected:\n${indent(String(expected))}`];
}

function checkShape(shape: NonNullable<Command['shape']>, stdout: string): readonly string[] {
  try {
    const result = shape.safeParse(JSON.parse(stdout));
    return result.success ? [] : [`its JSON has another shape: ${result.error.message}`];
  } catch {
    return [`printed no JSON: ${stdout}`];
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

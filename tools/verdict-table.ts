/** Verdicts for people: a table, and below it what went wrong. */
import { evidenceKey } from '../proxies/kit/evidence-key.ts';
import type { Messages } from '../proxies/kit/messages.ts';
import type { Observation, Outcome, Verdict } from '../proxies/kit/proof.ts';

/** Ends with a newline. */
export function verdictTable(verdicts: readonly Verdict[], messages: Messages): string {
  const say = (key: string) => messages.say(`cli.prove.${key}`);
  const milliseconds = new Intl.NumberFormat(messages.tag, { style: 'unit', unit: 'millisecond' });
  const rows = verdicts.map((verdict) => [
    verdict.claim,
    say(`results.${verdict.result}`),
    ...('claimed' in verdict
      ? [verdict.claimed, verdict.refuted].map(({ tookMs }) => milliseconds.format(tookMs))
      : ['', '']),
  ]);
  const head = ['claim', 'result', 'claimed', 'refuted'].map((name) => say(`columns.${name}`));
  const details = verdicts.flatMap((verdict) => explain(verdict, messages));
  return [...aligned([head, ...rows]), ...details, ''].join('\n');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

/** Nothing for a claim that stands. */
function explain(verdict: Verdict, messages: Messages): string[] {
  if (verdict.result === 'proved') return [];
  const title = `\n${verdict.claim}: ${messages.say(`cli.prove.explained.${verdict.result}`)}`;
  if (verdict.result === 'not-provable-here')
    return [
      title,
      ...verdict.missing.map((need) => `  ${messages.say(`interface:needs.${need}`)}`),
    ];
  const tell = (observation: Observation) =>
    messages.say(`claims:${evidenceKey(verdict.claim, observation)}`, observation.values);
  return [title, ...[verdict.claimed, verdict.refuted].flatMap((outcome) => seen(outcome, tell))];
}

function seen(outcome: Outcome, tell: (observation: Observation) => string): string[] {
  const observations = outcome.observations.map((observation) => `  ${tell(observation)}`);
  return outcome.verdict === 'failed' ? [...observations, `  ${outcome.cause}`] : observations;
}

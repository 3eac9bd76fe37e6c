/** What was measured, as text for people. */
import type { Recorded } from './record.ts';
import { scenarios } from './scenario.ts';

const columns: readonly (readonly [title: string, of: (one: Recorded) => string])[] = [
  ['balancer', ({ balancer }) => balancer],
  ['failed', ({ failed, requests }) => `${failed} of ${requests}`],
  ['cut short', ({ cutShort }) => String(cutShort)],
  ['slowest, ms', ({ slowestMs, slowestBeforeMs }) => `${slowestMs} (before: ${slowestBeforeMs})`],
  ['none fails after, ms', ({ untilNoneFailsMs }) => ms(untilNoneFailsMs)],
  ['switched after, ms', ({ switchedMs }) => ms(switchedMs)],
  ['idle watch ended after, ms', ({ idleEndedMs }) => ms(idleEndedMs)],
  ['busy stream ended after, ms', ({ busyEndedMs }) => ms(busyEndedMs)],
  ['others ended', ({ othersEnded }) => String(othersEnded)],
];

export function tableOf(all: readonly Recorded[]): string {
  return scenarios
    .map(({ id, title }) => {
      const rows = all.filter(({ scenario }) => scenario === id);
      if (rows.length === 0) return '';
      const cells = [
        columns.map(([name]) => name),
        ...rows.map((row) => columns.map(([, of]) => of(row))),
      ];
      const widths = columns.map((_, at) =>
        Math.max(...cells.map((line) => line[at]?.length ?? 0)),
      );
      const lines = cells.map((line) =>
        line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '),
      );
      return `\n${title}\n${lines.map((line) => line.trimEnd()).join('\n')}\n`;
    })
    .join('');
}

function ms(value: number | null): string {
  return value === null ? '–' : String(value);
}

/** What HAProxy's `show stat` says: a table of comma-separated values with a line of names. */

export type StatisticsRow = ReadonlyMap<string, string>;

/**
 * @example parseStatistics('# pxname,svname,scur\nclients,FRONTEND,3\n')[0]?.get('scur') // '3'
 */
export function parseStatistics(answer: string): readonly StatisticsRow[] {
  const [names = [], ...rows] = [...records(answer.replace(/^# /, ''))];
  return rows.map(
    (values) => new Map(names.map((name, column) => [name, values[column] ?? ''] as const)),
  );
}

/** Lines of RFC 4180: a quoted field may hold commas, line feeds and doubled quotes. */
function* records(text: string): Generator<readonly string[]> {
  let fields: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g,
  )) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (fields.length > 1) yield fields;
    fields = [];
  }
}

/** Zero where it says nothing. */
export function numberOf(row: StatisticsRow | undefined, name: string): number {
  return Number(row?.get(name) ?? 0);
}

/** "Did you mean": the known words nearest to one that is not known. */

/** At most three, the nearest first; none that is mostly something else. */
export function closest(word: string, known: readonly string[]): string[] {
  return known
    .map((candidate) => ({ candidate, away: distance(word, candidate) }))
    .filter(
      ({ candidate, away }) =>
        (word !== '' && candidate.includes(word)) || away <= Math.max(2, candidate.length / 3),
    )
    .sort((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

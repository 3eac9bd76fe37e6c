/** JSON for people. */

/** Indented, but for a list of two plain values, such as a header: it stays on its line. */
export function laidOut(value: unknown): string {
  const plain = String.raw`("(?:[^"\\]|\\.)*"|[\w.+-]+)`;
  const pair = new RegExp(String.raw`\[\s+${plain},\s+${plain}\s+\]`, 'g');
  return JSON.stringify(value, null, 2).replace(pair, '[$1, $2]');
}

/** The last words of a log. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 4_096;
/** What Node writes after an uncaught error, of which the first line is the one that tells. */
const thrown = /^(\w*Error)\b.*: /;

/** The error that a program ended with, or its last line; `undefined` when it said nothing. */
export function lastWordsOf(logPath: string): string | undefined {
  const lines = tailOf(logPath)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => thrown.test(line)) ?? lines.at(-1);
}

function tailOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const tail = Buffer.alloc(tailBytes);
    const position = Math.max(0, fstatSync(file).size - tailBytes);
    return tail.toString('utf8', 0, readSync(file, tail, { position }));
  } finally {
    closeSync(file);
  }
}

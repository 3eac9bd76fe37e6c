/** `--token-auth-file`: tokens and who they stand for, as comma separated values. */
import type { User } from '../exchange.ts';

/** A file that cannot be read as tokens; the message is kube-apiserver's. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

export interface StaticTokens {
  readonly users: ReadonlyMap<string, User>;
  /** What is odd, and no error. */
  readonly warnings: readonly string[];
}

/**
 * Reads `token,user,uid,"group1,group2"` lines.
 *
 * @example readStaticTokens('t,jane,1,"dev,ops"\n', 'tokens.csv').users.get('t')?.groups // ['dev', 'ops']
 * @throws TokenFileError
 */
export function readStaticTokens(text: string, path: string): StaticTokens {
  const users = new Map<string, User>();
  const warnings: string[] = [];
  readRecords(text).forEach((record, index) => {
    const [token, name, uid, groups = ''] = record;
    if (token === undefined || name === undefined || uid === undefined) {
      throw new TokenFileError(
        `token file '${path}' must have at least 3 columns (token, user name, user uid), found ${record.length}`,
      );
    }
    const where = `has been found in token file '${path}', record number '${index + 1}'`;
    if (token === '') {
      warnings.push(`empty token ${where}`);
      return;
    }
    if (users.has(token)) warnings.push(`duplicate token ${where}`);
    const names = groups.split(',').filter((group) => group !== '');
    users.set(token, { name, groups: names, ...(uid === '' ? {} : { uid }) });
  });
  return { users, warnings };
}

/** Go's `encoding/csv`: quotes only around a whole field, doubled inside it; empty lines do not count. */
function readRecords(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  const lines = text.replaceAll('\r\n', '\n');
  let position = 0;
  let line = 1;
  while (position < lines.length) {
    if (lines[position] === '\n') {
      position += 1;
      line += 1;
      continue;
    }
    const record: string[] = [];
    const lineStart = position;
    let isEnd = false;
    while (!isEnd) {
      const field = readField(lines, position, () => `line ${line}, column`, lineStart);
      record.push(field.value);
      line += field.value.split('\n').length - 1;
      position = field.end + 1;
      isEnd = lines[field.end] !== ',';
    }
    line += 1;
    records.push(record);
  }
  return records;
}

interface CsvField {
  readonly value: string;
  /** Where its comma or newline stands, or the end of the text. */
  readonly end: number;
}

function readField(text: string, start: number, where: () => string, lineStart: number): CsvField {
  const fail = (at: number, what: string) =>
    new TokenFileError(`parse error on ${where()} ${at - lineStart + 1}: ${what}`);
  if (text[start] === '"') {
    const quoted = /"((?:[^"]|"")*)"/y;
    quoted.lastIndex = start;
    const match = quoted.exec(text);
    if (!match) throw fail(text.length, 'extraneous or missing " in quoted-field');
    const end = start + match[0].length;
    if (end < text.length && text[end] !== ',' && text[end] !== '\n') {
      throw fail(end - 1, 'extraneous or missing " in quoted-field');
    }
    return { value: (match[1] ?? '').replaceAll('""', '"'), end };
  }
  const plain = /[^,\n]*/y;
  plain.lastIndex = start;
  const value = plain.exec(text)?.[0] ?? '';
  const quote = value.indexOf('"');
  if (quote !== -1) throw fail(start + quote, 'bare " in non-quoted field');
  return { value, end: start + value.length };
}

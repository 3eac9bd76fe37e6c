/** YAML as upstream reads it (YAML 1.1), and its complaints in libyaml's words. */
import { parseAllDocuments } from 'yaml';

type Problem = ReturnType<typeof parseAllDocuments>[number]['errors'][number];

/**
 * What libyaml says for an error of the `yaml` package. Its parser names the line above the problem,
 * its scanner the line itself; neither names the first.
 */
const complaints: readonly {
  readonly pattern: RegExp;
  readonly says: string;
  readonly by: 'parser' | 'scanner';
}[] = [
  { pattern: /closing .quote/, says: 'found unexpected end of stream', by: 'scanner' },
  {
    pattern: /reserved character/,
    says: 'found character that cannot start any token',
    by: 'scanner',
  },
  { pattern: /^TAB_AS_INDENT/, says: 'found character that cannot start any token', by: 'scanner' },
  { pattern: /^BAD_DQ_ESCAPE/, says: 'found unknown escape character', by: 'scanner' },
  {
    pattern: /^BLOCK_AS_IMPLICIT_KEY/,
    says: 'mapping values are not allowed in this context',
    by: 'scanner',
  },
  { pattern: /^MISSING_CHAR/, says: "could not find expected ':'", by: 'scanner' },
  { pattern: /^UNEXPECTED_TOKEN/, says: 'did not find expected node content', by: 'parser' },
  { pattern: /^BAD_INDENT/, says: 'did not find expected key', by: 'parser' },
];

/**
 * The value of the first document.
 *
 * @throws Error such as `yaml: line 4: did not find expected ',' or ']'`.
 */
export function parseYaml(source: string): unknown {
  if (/[\0-\x08\v\f\x0e-\x1f\x7f]/.test(source)) {
    throw new Error('yaml: control characters are not allowed');
  }
  const documents = parseAllDocuments(source, { version: '1.1', merge: true, uniqueKeys: false });
  const [document] = 'empty' in documents ? [] : documents;
  if (document === undefined) return null;
  if (
    document.warnings.some(({ code, message }) =>
      `${code} ${message}`.includes('Unknown directive'),
    )
  ) {
    throw new Error('yaml: found unknown directive name');
  }
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(complain(source, problem));
  try {
    return document.toJS() as unknown;
  } catch (error) {
    const anchor = /set before the alias\): (.*)/.exec((error as Error).message)?.[1];
    throw new Error(
      anchor === undefined
        ? `yaml: ${(error as Error).message}`
        : `yaml: unknown anchor '${anchor}' referenced`,
    );
  }
}

function complain(source: string, { code, message, linePos }: Problem): string {
  // A bracket left open is noticed at the end of the file.
  const unclosed = /end with a ([\]}])/.exec(message)?.[1];
  if (unclosed !== undefined) {
    return at(source.split('\n').length - 1, `did not find expected ',' or '${unclosed}'`);
  }
  const [start, end = start] = linePos ?? [];
  const line = end?.line ?? 1;
  const known = complaints.find(({ pattern }) => pattern.test(`${code} ${message}`));
  if (known === undefined) return at(line, message.split(/ at line|\n/)[0] ?? code);
  const named = known.by === 'parser' || line === 1 ? line - 1 : line;
  return at(named, known.says);
}

function at(line: number, what: string): string {
  return line > 0 ? `yaml: line ${line}: ${what}` : `yaml: ${what}`;
}

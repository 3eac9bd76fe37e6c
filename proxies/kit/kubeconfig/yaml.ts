/** YAML as upstream reads it (YAML 1.1), and its complaints in libyaml's words. */
import { parseDocument } from 'yaml';

/** The problem of libyaml for an error code of the `yaml` package. */
const complaints: Readonly<Record<string, string>> = {
  BAD_INDENT: 'did not find expected key',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BLOCK_IN_FLOW: "did not find expected ',' or ']'",
  MISSING_CHAR: 'could not find expected token',
  TAB_AS_INDENT: 'found character that cannot start any token',
  UNEXPECTED_TOKEN: 'did not find expected node content',
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
  DUPLICATE_KEY: 'mapping key already defined',
};

/**
 * The value of a document.
 *
 * @throws Error such as `yaml: line 4: did not find expected ',' or ']'`.
 */
export function parseYaml(source: string): unknown {
  const document = parseDocument(source, { version: '1.1', merge: true, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(complaint(source, error));
  return document.toJS() as unknown;
}

type YamlProblem = ReturnType<typeof parseDocument>['errors'][number];

function complaint(source: string, error: YamlProblem): string {
  const line = error.linePos?.[0].line ?? 1;
  // An unclosed bracket is noticed at the end of the file.
  const unclosed = /must end with a ([\]}])/.exec(error.message)?.[1];
  if (unclosed !== undefined) {
    const last = source.trimEnd().split('\n').length;
    return `yaml: line ${last}: did not find expected ',' or '${unclosed}'`;
  }
  return `yaml: line ${line}: ${complaints[error.code] ?? error.message.split('\n')[0] ?? error.code}`;
}

/** YAML, read from requests. */
import { isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml';
import type { Json } from '../../proxies/kit/api/json.ts';
import type { ReadBody } from './body.ts';
import { inspectJson } from './json-text.ts';

/** Reading more takes longer than a second, in which nobody else is answered. */
const mostTokens = 150_000;
/** The parser recurses, and this deep it still may. */
const deepest = 500;

/** Reads YAML, of which only what JSON can say is taken. @throws Error where it is none. */
export function parseYaml(text: string): ReadBody {
  const json = text.startsWith('{') ? parseJson(text) : undefined;
  if (json) return json;
  checkTokens(text);
  try {
    return parseDocumentOf(text);
  } catch (error) {
    throw isStackOverflow(error) ? new Error('exceeded max depth') : error;
  }
}

/** Much faster; undefined where it is no JSON, or some that YAML complains of in its own words. */
function parseJson(text: string): ReadBody | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const { isTooDeep, duplicates } = inspectJson(text);
  if (isTooDeep) throw new Error('exceeded max depth');
  return duplicates.length === 0 ? { value, duplicates } : undefined;
}

/** Before the parser sees them. @throws Error where there are too many, or too deep. */
function checkTokens(text: string): void {
  let count = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    count += 1;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > deepest) throw new Error('exceeded max depth');
    if (count > mostTokens) {
      throw new Error(`yaml: document is too large: more than ${mostTokens} tokens`);
    }
  }
}

/** The parser reports its own as an error in the text. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Maximum call stack size exceeded');
}

function parseDocumentOf(text: string): ReadBody {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    merge: true,
    uniqueKeys: false,
    // A text may have as many errors as tokens, and each would be shown with its line.
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error && isStackOverflow(error)) throw error;
  if (error)
    throw new Error(`yaml: line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}`);
  const duplicates: string[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? JSON.stringify(key.value) : undefined;
        if (name === undefined || name === '"<<"') continue;
        const { line } = lineCounter.linePos(isScalar(key) ? (key.range?.[0] ?? 0) : 0);
        if (keys.has(name)) duplicates.push(`line ${line}: key ${name} already set in map`);
        keys.add(name);
      }
    },
  });
  const json = JSON.stringify(document.toJS() ?? null);
  if (inspectJson(json).isTooDeep) throw new Error('exceeded max depth');
  return {
    value: JSON.parse(json) as Json,
    duplicates:
      duplicates.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`],
  };
}

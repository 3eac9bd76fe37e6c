/** YAML, read from requests and written into answers. */
import { isScalar, LineCounter, parseDocument, stringify, visit } from 'yaml';
import type { Json } from './api-object.ts';
import type { ReadBody } from './body.ts';
import { inspectJson } from './json-text.ts';

/** Reads YAML, of which only what JSON can say is taken. @throws Error where it is none. */
export function parseYaml(text: string): ReadBody {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
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

/** As 1.1, so that texts such as "yes" are quoted: Go's readers take them for booleans. */
export function writeYaml(value: Json): string {
  return stringify(value, { aliasDuplicateObjects: false, version: '1.1' });
}

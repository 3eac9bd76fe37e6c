/** JSON as it stands in a body: what `JSON.parse` does not tell, duplicate keys and depth. */

/** Deeper objects are refused before anything recurses into them. */
const deepest = 1000;
/** So many are complained of, as upstream does: their paths may be longer than the text. */
const mostDuplicates = 100;

export interface JsonTextFacts {
  readonly isTooDeep: boolean;
  /** Keys that appear twice in their object, as `spec.replicas`; the last one counts. */
  readonly duplicates: readonly string[];
}

interface Level {
  /** Absent in lists. */
  readonly keys?: Set<string>;
  /** The key or index whose value comes. */
  step: string;
  index: number;
}

/** Looks through a text that is JSON. */
export function inspectJson(text: string): JsonTextFacts {
  const levels: Level[] = [];
  const duplicates: string[] = [];
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    const level = levels.at(-1);
    if (character === '{' || character === '[') {
      levels.push({ ...(character === '{' ? { keys: new Set() } : {}), step: '[0]', index: 0 });
      if (levels.length > deepest) return { isTooDeep: true, duplicates };
    } else if (character === '}' || character === ']') {
      levels.pop();
    } else if (character === ',' && level && !level.keys) {
      level.index += 1;
      level.step = `[${level.index}]`;
    } else if (character === '"') {
      const end = endOfString(text, offset);
      if (level?.keys && isKey(text, end)) {
        const key = unquote(text.slice(offset, end));
        level.step = key;
        if (level.keys.has(key) && duplicates.length < mostDuplicates) {
          duplicates.push(pathOf(levels));
        }
        level.keys.add(key);
      }
      offset = end - 1;
    }
  }
  return { isTooDeep: false, duplicates };
}

/** Where a string that starts here has ended. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let offset = end;
  while (/\s/.test(text[offset] ?? '')) offset += 1;
  return text[offset] === ':';
}

function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  const key: unknown = JSON.parse(quoted);
  return String(key);
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce((path, { step }) => {
    return path === '' || step.startsWith('[') ? `${path}${step}` : `${path}.${step}`;
  }, '');
}

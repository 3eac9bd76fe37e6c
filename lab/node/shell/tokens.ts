/** From the text of a script to words and operators. */
import { SyntaxProblem, type Word, type WordPart } from './syntax.ts';

export type Token =
  | {
      readonly kind: 'word';
      readonly word: Word;
      /** When it is plain text. */ readonly text?: string;
    }
  | { readonly kind: 'operator'; readonly operator: string; readonly descriptor?: number };

const operators = ['&&', '||', ';;', '>>', '>&', '<', '>', ';', '|', '&', '(', ')', '\n'];
const name = /^[A-Za-z_][A-Za-z0-9_]*/;

/** @throws SyntaxProblem */
export function readTokens(script: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < script.length) {
    const rest = script.slice(at);
    const blank = /^(?:[ \t\r]+|\\\n|#[^\n]*)/.exec(rest);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const redirected = /^([012])(>>|>&|>|<)/.exec(rest);
    const operator = redirected?.[2] ?? operators.find((one) => rest.startsWith(one));
    if (operator !== undefined) {
      const descriptor = redirected ? { descriptor: Number(redirected[1]) } : {};
      tokens.push({ kind: 'operator', operator, ...descriptor });
      at += operator.length + (redirected ? 1 : 0);
      continue;
    }
    const { word, end } = readWord(script, at);
    at = end;
    const [only] = word;
    const isPlain = word.length === 1 && only?.kind === 'text' && !only.isQuoted;
    tokens.push({ kind: 'word', word, ...(isPlain ? { text: only.text } : {}) });
  }
  return tokens;
}

interface Read {
  readonly word: Word;
  readonly end: number;
}

const endsWord = /[ \t\r\n;&|<>()]/;

function readWord(script: string, from: number): Read {
  const parts: WordPart[] = [];
  let text = '';
  let at = from;
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text, isQuoted: false });
    text = '';
  };
  while (at < script.length) {
    const character = script.charAt(at);
    if (endsWord.test(character)) break;
    if (character === '\\') {
      const next = script.charAt(at + 1);
      flush();
      if (next === '') throw new SyntaxProblem('unexpected end of file', true);
      if (next !== '\n') parts.push({ kind: 'text', text: next, isQuoted: true });
      at += 2;
    } else if (character === "'") {
      const end = script.indexOf("'", at + 1);
      if (end === -1) throw new SyntaxProblem('syntax error: unterminated quoted string', true);
      flush();
      parts.push({ kind: 'text', text: script.slice(at + 1, end), isQuoted: true });
      at = end + 1;
    } else if (character === '"') {
      flush();
      at = readQuoted(script, at + 1, parts);
    } else if (character === '$' || character === '`') {
      flush();
      at = readDollar(script, at, parts, false);
    } else {
      text += character;
      at += 1;
    }
  }
  flush();
  return { word: parts, end: at };
}

/** Reads to behind the closing quote. */
function readQuoted(script: string, from: number, parts: WordPart[]): number {
  let text = '';
  let at = from;
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text, isQuoted: true });
    text = '';
  };
  while (at < script.length) {
    const character = script.charAt(at);
    if (character === '"') {
      // Also an empty pair of quotes is a word.
      if (at === from || text !== '') parts.push({ kind: 'text', text, isQuoted: true });
      return at + 1;
    }
    const next = script.charAt(at + 1);
    if (character === '\\' && '"\\$`\n'.includes(next) && next !== '') {
      if (next !== '\n') text += next;
      at += 2;
    } else if (character === '$' || character === '`') {
      flush();
      at = readDollar(script, at, parts, true);
    } else {
      text += character;
      at += 1;
    }
  }
  throw new SyntaxProblem('syntax error: unterminated quoted string', true);
}

/** A variable or a substitution; a dollar that begins neither stands for itself. */
function readDollar(script: string, at: number, parts: WordPart[], isQuoted: boolean): number {
  if (script.charAt(at) === '`') {
    const end = script.indexOf('`', at + 1);
    if (end === -1) throw new SyntaxProblem('syntax error: unexpected end of file', true);
    parts.push({ kind: 'substitution', script: script.slice(at + 1, end), isQuoted });
    return end + 1;
  }
  const rest = script.slice(at + 1);
  if (rest.startsWith('(')) {
    const end = closing(script, at + 2);
    parts.push({ kind: 'substitution', script: script.slice(at + 2, end), isQuoted });
    return end + 1;
  }
  const braced = /^\{([A-Za-z_][A-Za-z0-9_]*|[?$#@*0-9])(?::?-([^}]*))?\}/.exec(rest);
  const plain = name.exec(rest)?.[0] ?? /^[?$#@*0-9]/.exec(rest)?.[0];
  if (braced) {
    const fallback = braced[2] === undefined ? {} : { fallback: braced[2] };
    parts.push({ kind: 'variable', name: braced[1] ?? '', ...fallback, isQuoted });
    return at + 1 + braced[0].length;
  }
  if (rest.startsWith('{')) throw new SyntaxProblem('syntax error: bad substitution');
  if (plain === undefined) {
    parts.push({ kind: 'text', text: '$', isQuoted: true });
    return at + 1;
  }
  parts.push({ kind: 'variable', name: plain, isQuoted });
  return at + 1 + plain.length;
}

/** Where the parenthesis closes that was opened before `from`. */
function closing(script: string, from: number): number {
  let depth = 1;
  let quote = '';
  for (let at = from; at < script.length; at += 1) {
    const character = script.charAt(at);
    if (character === '\\') at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new SyntaxProblem('syntax error: unexpected end of file (expecting ")")', true);
}

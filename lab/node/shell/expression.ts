/**
 * What visitors write as patterns, run by RE2: whatever they are, matching takes a time that grows with
 * the text alone, so that nobody holds up the node. RE2 is loaded by the first who needs it.
 */
import { CommandProblem } from './program.ts';

export interface ExpressionOptions {
  /** POSIX extended syntax, of `grep -E`; basic otherwise. */
  readonly isExtended?: boolean;
  /** Upper and lower case are the same. */
  readonly isFolded?: boolean;
  /** Only whole words count. */
  readonly isWord?: boolean;
}

export type Matches = (text: string) => boolean;

const longestPattern = 200;
/** In RE2's instructions: each of them may take its time at each character. */
const largestProgram = 300;

/** Whether a text has the pattern somewhere in it. @throws CommandProblem */
export async function compileExpression(
  pattern: string,
  { isExtended = false, isFolded = false, isWord = false }: ExpressionOptions = {},
): Promise<Matches> {
  if (pattern.length > longestPattern) throw new CommandProblem('the pattern is too long');
  const { RE2JS } = await import('re2js');
  const flags = isFolded ? RE2JS.CASE_INSENSITIVE : 0;
  const compile = () => {
    try {
      const translated = translate(pattern, isExtended);
      return RE2JS.compile(isWord ? `\\b(?:${translated})\\b` : translated, flags);
    } catch {
      throw new CommandProblem(`bad regex '${pattern}'`);
    }
  };
  const expression = compile();
  if (expression.programSize() > largestProgram)
    throw new CommandProblem('the pattern is too large');
  return (text) => expression.test(text);
}

/** Whether a whole name is what `*` and `?` stand for. */
export async function compileGlob(pattern: string): Promise<Matches> {
  const { RE2JS } = await import('re2js');
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : RE2JS.quote(part);
  });
  const expression = RE2JS.compile(parts.join(''), RE2JS.DOTALL);
  return (name) => expression.matches(name);
}

const operators = '(){}|+?';
/** Behind a backslash, these are the same for RE2. */
const sharedEscapes = 'bBdDsSwW';
/** Behind these a star is a star. */
const beginnings = ['', '^', '(', '|'];

/** From POSIX syntax, with GNU's additions, to RE2's. @throws Error for what is no expression */
function translate(pattern: string, isExtended: boolean): string {
  const pieces: string[] = [];
  for (let index = 0; index < pattern.length;) {
    const token = tokenAt(pattern, index);
    const before = pieces.at(-1) ?? '';
    const piece = translateToken(token, isExtended, before);
    // RE2 has extensions that begin so.
    if (before === '(' && piece === '?') throw new Error('nothing to repeat');
    pieces.push(piece);
    index += token.length;
  }
  return pieces.join('');
}

/** A set in brackets, a backslash with what it escapes, or a character. */
function tokenAt(pattern: string, index: number): string {
  const first = pattern.charAt(index);
  if (first === '\\') return pattern.slice(index, index + 2);
  if (first !== '[') return first;
  // Behind the opening, a closing bracket is one of the set.
  let end = index + 1;
  if (pattern.charAt(end) === '^') end += 1;
  if (pattern.charAt(end) === ']') end += 1;
  for (; end < pattern.length && pattern.charAt(end) !== ']'; end += 1) {
    if (!pattern.startsWith('[:', end)) continue;
    const close = pattern.indexOf(':]', end + 2);
    if (close !== -1) end = close + 1;
  }
  if (end >= pattern.length) throw new Error('missing ]');
  return pattern.slice(index, end + 1);
}

function translateToken(token: string, isExtended: boolean, before: string): string {
  if (token.startsWith('[')) return translateSet(token);
  if (token.startsWith('\\')) {
    const escaped = token.slice(1);
    if (escaped === '' || /\d/.test(escaped)) throw new Error('not known');
    if (sharedEscapes.includes(escaped)) return token;
    if (escaped === '<' || escaped === '>') return '\\b';
    return operators.includes(escaped) && !isExtended ? escaped : literal(escaped);
  }
  if (isExtended) return token;
  if (token === '*' && beginnings.includes(before)) return '\\*';
  return operators.includes(token) ? literal(token) : token;
}

/** Only classes have a meaning in a set: a backslash has none there. */
function translateSet(token: string): string {
  const [, caret = '', inside = ''] = /^\[(\^?)(.*)\]$/s.exec(token) ?? [];
  const parts = inside.split(/(\[:[a-z]+:\])/);
  const escape = (text: string) => text.replace(/[\\[\]^&~]/g, '\\$&');
  return `[${caret}${parts.map((part, index) => (index % 2 === 1 ? part : escape(part))).join('')}]`;
}

function literal(character: string): string {
  return /[\w\s]/.test(character) || character > '\x7f' ? character : `\\${character}`;
}

/** From a word as it is written to the arguments it stands for. */
import { compileGlob } from './expression.ts';
import type { FileSystem } from './file-system.ts';
import { absolute } from './file-system.ts';
import type { ShellState } from './program.ts';
import type { Word, WordPart } from './syntax.ts';

export interface ExpandContext {
  readonly state: ShellState;
  readonly files: FileSystem;
  /** The output of a script, for `$( … )`. */
  substitute(script: string): Promise<string>;
}

/** A piece of an argument; what is quoted is not matched against file names. */
interface Piece {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The arguments of a word: none, one or several, split at blanks and matched to file names. */
export async function expandWord(word: Word, context: ExpandContext): Promise<readonly string[]> {
  const fields: Piece[][] = [];
  let current: Piece[] | undefined;
  for (const part of word) {
    if (isAllParameters(part)) {
      const [first, ...rest] = context.state.parameters.slice(1);
      if (first === undefined) continue;
      current = [...(current ?? []), { text: first, isQuoted: true }];
      for (const parameter of rest) {
        fields.push(current);
        current = [{ text: parameter, isQuoted: true }];
      }
      continue;
    }
    const text = await valueOf(part, context);
    if (part.kind === 'text' || part.isQuoted) {
      current = [...(current ?? []), { text, isQuoted: part.isQuoted }];
      continue;
    }
    const pieces = text.split(/[ \t\n]+/);
    pieces.forEach((piece, index) => {
      if (index > 0 && current) {
        fields.push(current);
        current = undefined;
      }
      if (piece !== '') current = [...(current ?? []), { text: piece, isQuoted: false }];
    });
  }
  if (current) fields.push(current);
  const found: string[] = [];
  for (const field of fields) found.push(...(await matchFiles(field, context)));
  return found;
}

/** The text of a word, in one piece: for assignments and redirections. */
export async function expandText(word: Word, context: ExpandContext): Promise<string> {
  const texts: string[] = [];
  for (const part of word) texts.push(await valueOf(part, context));
  return texts.join('');
}

function isAllParameters(part: WordPart): boolean {
  return part.kind === 'variable' && part.name === '@' && part.isQuoted;
}

async function valueOf(part: WordPart, context: ExpandContext): Promise<string> {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'substitution') {
    return (await context.substitute(part.script)).replace(/(?<!\n)\n+$/, '');
  }
  const value = variableOf(part.name, context.state);
  return value === undefined || value === '' ? (part.fallback ?? value ?? '') : value;
}

function variableOf(name: string, state: ShellState): string | undefined {
  if (name === '?') return String(state.lastStatus);
  if (name === '$') return '7';
  if (name === '#') return String(Math.max(0, state.parameters.length - 1));
  if (name === '@' || name === '*') return state.parameters.slice(1).join(' ');
  if (/^\d$/.test(name)) return state.parameters[Number(name)];
  return state.variables.get(name);
}

/** The files that match, or the word itself where none does. */
async function matchFiles(
  pieces: readonly Piece[],
  { state, files }: ExpandContext,
): Promise<readonly string[]> {
  const text = pieces.map((piece) => piece.text).join('');
  if (!pieces.some((piece) => !piece.isQuoted && /[*?]/.test(piece.text))) return [text];
  const slash = text.lastIndexOf('/') + 1;
  const folder = text.slice(0, slash);
  if (/[*?]/.test(folder)) return [text];
  const found = files.find(absolute(folder === '' ? '.' : folder, state.directory));
  if (found?.kind !== 'directory') return [text];
  const matches = await compileGlob(text.slice(slash));
  const isHiddenAsked = text.charAt(slash) === '.';
  const names = [...found.entries.keys()].filter(
    (name) => matches(name) && (isHiddenAsked || !name.startsWith('.')),
  );
  return names.length === 0 ? [text] : names.sort().map((name) => folder + name);
}

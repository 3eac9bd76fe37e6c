/** From tokens to what is to be done: lists of chains of pipelines of commands. */
import {
  SyntaxProblem,
  type Branch,
  type Chain,
  type Command,
  type List,
  type Pipeline,
  type Redirection,
  type Word,
} from './syntax.ts';
import { readTokens, type Token } from './tokens.ts';

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', '}']);
const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=/;
const deepest = 50;

/**
 * Reads a script.
 *
 * @throws SyntaxProblem
 * @example parse('a && b | c') // one chain of two pipelines
 */
export function parse(script: string): List {
  const tokens = readTokens(script);
  let at = 0;
  let depth = 0;

  const peek = (): Token | undefined => tokens[at];
  const isOperator = (...operators: readonly string[]) => {
    const token = peek();
    return token?.kind === 'operator' && operators.includes(token.operator);
  };
  const keyword = () => {
    const token = peek();
    return token?.kind === 'word' ? token.text : undefined;
  };
  const fail: () => never = () => {
    const token = peek();
    if (!token) throw new SyntaxProblem('syntax error: unexpected end of file', true);
    const text = token.kind === 'operator' ? token.operator : (token.text ?? 'word');
    throw new SyntaxProblem(`syntax error: unexpected "${text === '\n' ? 'newline' : text}"`);
  };
  const expect = (word: string) => {
    if (keyword() !== word) fail();
    at += 1;
  };
  const skipNewlines = () => {
    while (isOperator('\n')) at += 1;
  };

  const readList = (): List => {
    depth += 1;
    if (depth > deepest) throw new SyntaxProblem('syntax error: nested too deep');
    const chains: Chain[] = [];
    for (;;) {
      while (isOperator(';', '\n')) at += 1;
      const word = keyword();
      if (!peek() || isOperator(')') || (word !== undefined && reserved.has(word))) break;
      chains.push(readChain());
      // Nothing runs in the background: a lone & is a semicolon.
      if (isOperator(';', '&', '\n')) at += 1;
      else break;
    }
    depth -= 1;
    return chains;
  };
  const readBody = (): List => {
    const list = readList();
    if (list.length === 0) fail();
    return list;
  };
  const readChain = (): Chain => {
    const first = readPipeline();
    const rest: (readonly ['&&' | '||', Pipeline])[] = [];
    while (isOperator('&&', '||')) {
      const operator = isOperator('&&') ? '&&' : '||';
      at += 1;
      skipNewlines();
      rest.push([operator, readPipeline()]);
    }
    return { first, rest };
  };
  const readPipeline = (): Pipeline => {
    const isNegated = keyword() === '!';
    if (isNegated) at += 1;
    const commands = [readCommand()];
    while (isOperator('|')) {
      at += 1;
      skipNewlines();
      commands.push(readCommand());
    }
    return { isNegated, commands };
  };
  const readCommand = (): Command => {
    if (isOperator('(')) return readGroup(true);
    const word = keyword();
    if (word === '{') return readGroup(false);
    if (word === 'if') return readIf();
    if (word === 'while' || word === 'until') return readLoop(word === 'until');
    if (word === 'for') return readFor();
    if (word !== undefined && reserved.has(word)) fail();
    return readSimple();
  };
  const readGroup = (isSubshell: boolean): Command => {
    at += 1;
    const list = readBody();
    if (isSubshell) {
      if (!isOperator(')')) fail();
      at += 1;
    } else {
      expect('}');
    }
    const redirections: Redirection[] = [];
    while (isOperator('<', '>', '>>', '>&')) redirections.push(readRedirection());
    return { kind: 'group', list, isSubshell, redirections };
  };
  const readIf = (): Command => {
    const branches: Branch[] = [];
    do {
      at += 1;
      const condition = readBody();
      expect('then');
      branches.push({ condition, body: readBody() });
    } while (keyword() === 'elif');
    let otherwise: List | undefined;
    if (keyword() === 'else') {
      at += 1;
      otherwise = readBody();
    }
    expect('fi');
    return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}) };
  };
  const readLoop = (isUntil: boolean): Command => {
    at += 1;
    const condition = readBody();
    return { kind: 'loop', condition, isUntil, body: readDo() };
  };
  const readFor = (): Command => {
    at += 1;
    const name = keyword();
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return fail();
    at += 1;
    const words: Word[] = [];
    if (keyword() === 'in') {
      at += 1;
      for (let token = peek(); token?.kind === 'word'; token = peek()) {
        words.push(token.word);
        at += 1;
      }
    }
    while (isOperator(';', '\n')) at += 1;
    return { kind: 'for', name, words, body: readDo() };
  };
  const readDo = (): List => {
    expect('do');
    const body = readBody();
    expect('done');
    return body;
  };
  const readSimple = (): Command => {
    const assignments: (readonly [string, Word])[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (let token = peek(); token; token = peek()) {
      if (token.kind === 'operator') {
        if (!isOperator('<', '>', '>>', '>&')) break;
        redirections.push(readRedirection());
        continue;
      }
      at += 1;
      const assigned = words.length === 0 ? readAssignment(token.word) : undefined;
      if (assigned) assignments.push(assigned);
      else words.push(token.word);
    }
    if (words.length + assignments.length + redirections.length === 0) fail();
    return { kind: 'simple', assignments, words, redirections };
  };
  const readRedirection = (): Redirection => {
    const token = peek();
    if (token?.kind !== 'operator') return fail();
    at += 1;
    const target = peek();
    if (target?.kind !== 'word') return fail();
    at += 1;
    // The border: only these four come here.
    const operator = token.operator as Redirection['operator'];
    const descriptor = token.descriptor ?? (operator === '<' ? 0 : 1);
    return { descriptor, operator, target: target.word };
  };

  const list = readList();
  if (at < tokens.length) fail();
  return list;
}

function readAssignment(word: Word): readonly [string, Word] | undefined {
  const [first, ...rest] = word;
  if (first?.kind !== 'text' || first.isQuoted) return undefined;
  const match = assignment.exec(first.text);
  if (!match) return undefined;
  const text = first.text.slice(match[0].length);
  return [match[1] ?? '', [{ kind: 'text', text, isQuoted: true }, ...rest]];
}

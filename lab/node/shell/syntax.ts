/** What a line of the shell says, before anything of it is done. */

/** A piece of a word. What is quoted is neither split nor matched against file names. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** `${NAME:-word}` */
      readonly fallback?: string;
      readonly isQuoted: boolean;
    }
  /** `$( … )`, read when it is run. */
  | { readonly kind: 'substitution'; readonly script: string; readonly isQuoted: boolean };

export type Word = readonly WordPart[];

export interface Redirection {
  /** 0, 1 or 2. */
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '>&';
  readonly target: Word;
}

export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly (readonly [name: string, value: Word])[];
      readonly words: readonly Word[];
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'group';
      readonly list: List;
      /** `( … )`: what it changes in the shell is forgotten. */
      readonly isSubshell: boolean;
      readonly redirections: readonly Redirection[];
    }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: List }
  | {
      readonly kind: 'loop';
      readonly condition: List;
      readonly isUntil: boolean;
      readonly body: List;
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly words: readonly Word[];
      readonly body: List;
    };

export interface Branch {
  readonly condition: List;
  readonly body: List;
}

/** `! a | b` */
export interface Pipeline {
  readonly isNegated: boolean;
  readonly commands: readonly Command[];
}

/** `a && b || c`: each after the first with the operator before it. */
export interface Chain {
  readonly first: Pipeline;
  readonly rest: readonly (readonly [operator: '&&' | '||', pipeline: Pipeline])[];
}

export type List = readonly Chain[];

/** The line cannot be read; or it can, if more lines follow. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly isUnfinished: boolean;

  constructor(message: string, isUnfinished = false) {
    super(message);
    this.isUnfinished = isUnfinished;
  }
}

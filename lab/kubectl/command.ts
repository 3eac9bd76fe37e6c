/** A line of the compatibility tables: a command of kubectl, and what must come of it. */
import type * as z from 'zod';
import type { Session } from './session.ts';

/** Exact text, after normalising; or a pattern that it must match. */
export type Expected = string | RegExp;

export interface Command {
  /** What follows `kubectl`; words are split at spaces, single quotes hold them together. */
  readonly run: string;
  /** What it prints. */
  readonly prints?: Expected;
  /** It must fail, and say this. */
  readonly fails?: Expected;
  /** What it must say on stderr, though it succeeds. */
  readonly warns?: Expected;
  /** The shape of the JSON that it prints. */
  readonly shape?: z.ZodType;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** From which minor version on it is run; older ones say why not. */
  readonly since?: { readonly minor: number; readonly because: string };
  /** Up to which minor version it is run. */
  readonly until?: { readonly minor: number; readonly because: string };
}

/** What no single command shows: a stream, a terminal, a tunnel. */
export interface Scene {
  /** The command it is about. */
  readonly run: string;
  play(session: Session): Promise<void>;
  readonly since?: Command['since'];
}

export type Step = Command | Scene;

/** Steps that follow each other in a namespace of their own. */
export interface Group {
  readonly name: string;
  /** Files in the directory where its commands run. */
  readonly files?: Readonly<Record<string, string>>;
  /** Changes nodes: runs when no other group does. */
  readonly isAlone?: boolean;
  readonly steps: readonly Step[];
}

export function isScene(step: Step): step is Scene {
  return 'play' in step;
}

/** Whether a binary of this minor version runs the step. */
export function applies({ since, ...step }: Step, minor: number): boolean {
  const until = 'until' in step ? step.until : undefined;
  return minor >= (since?.minor ?? 0) && minor <= (until?.minor ?? Infinity);
}

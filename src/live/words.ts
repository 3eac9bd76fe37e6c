/** The words that the page hands to its script, in the reader's language. */
import type { TraceWords } from '../map/trace.ts';

export interface Words {
  readonly tag: string;
  readonly copy: string;
  readonly copied: string;
  readonly search: { readonly none: string; readonly failed: string };
  /** Absent on pages where nothing runs. */
  readonly run?: RunWords;
  readonly trace?: TraceWords;
}

export interface RunWords {
  readonly run: string;
  readonly again: string;
  readonly cancel: string;
  readonly running: string;
  readonly cancelled: string;
  readonly live: string;
  readonly offline: string;
  readonly failed: string;
  readonly claimed: string;
  readonly refuted: string;
  /** With `{status}` and `{ms}`. */
  readonly status: string;
  readonly shortened: string;
  readonly results: Readonly<Record<string, string>>;
}

/** Reads the words out of the page. Written by our own build: not parsed again. */
export const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}') as Words;

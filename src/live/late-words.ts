/** The words of what a press of a button shows: they come with the first press, the same for all pages. */
import type { TraceWords } from '../map/trace.ts';
import { words } from './words.ts';

export interface LateWords {
  readonly offline: string;
  /** The names of a proof's two worlds. */
  readonly claimed: string;
  readonly refuted: string;
  readonly hops: string;
  readonly shortened: string;
  readonly trace: TraceWords;
}

let loading: Promise<LateWords> | undefined;

/** Once; again where it failed. @throws what `fetch` throws */
export function loadLateWords(): Promise<LateWords> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Written by our own build: not parsed again. */
async function load(): Promise<LateWords> {
  const response = await fetch(`/${words.tag.toLowerCase()}/words.json`);
  return (await response.json()) as LateWords;
}

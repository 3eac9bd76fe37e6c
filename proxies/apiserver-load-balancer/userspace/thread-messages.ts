/** What the main thread and the one of the data path say to each other. */
import type { Sighting } from '../backend.ts';
import type { ForwardedConnection, ForwardingPlan } from '../dataplane.ts';
import type { Counts } from './data-path.ts';

/** Each is answered, in turn. */
export type Request =
  | { readonly ask: 'apply'; readonly plan: ForwardingPlan }
  | { readonly ask: 'watch'; readonly isWatched: boolean }
  | { readonly ask: 'connections' }
  | { readonly ask: 'counts' }
  /** The last one: the thread ends. */
  | { readonly ask: 'end' };

export interface Answers {
  readonly apply: undefined;
  readonly watch: undefined;
  readonly connections: readonly ForwardedConnection[];
  readonly counts: Counts;
  readonly end: undefined;
}

export interface Answer {
  readonly value: Answers[keyof Answers];
}

/** What the thread says of itself. */
export type Notice =
  /** The first. The waker is a descriptor: eight bytes written to it let the thread see its messages. */
  | { readonly addresses: readonly string[]; readonly waker: number }
  /** Instead of the first. */
  | { readonly refusal: string }
  | { readonly log: string }
  | { readonly sighting: Sighting }
  | { readonly connection: ForwardedConnection };

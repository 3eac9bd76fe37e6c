/** What the main thread and the one of the data path say to each other. */
import type { Sighting } from '../backend.ts';
import type { ForwardedConnection, ForwardingPlan } from '../dataplane.ts';
import type { Counts } from './data-path.ts';

/** Each is answered, in turn. */
export type Request =
  | { readonly ask: 'apply'; readonly plan: ForwardingPlan }
  | { readonly ask: 'watch'; readonly isWatched: boolean }
  | { readonly ask: 'connections' }
  | { readonly ask: 'counts' };

export interface Answers {
  readonly apply: undefined;
  readonly watch: undefined;
  readonly connections: readonly ForwardedConnection[];
  readonly counts: Counts;
}

export type Answer = Answers[keyof Answers];

/** What the thread tells as it happens. */
export type Notice = { readonly sighting: Sighting } | { readonly connection: ForwardedConnection };

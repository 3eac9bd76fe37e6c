/** What checks make of a backend: conditions, and how one leads to another. Pure. */
import type { Condition } from '../backend.ts';
import type { CheckOptions } from '../balancer.ts';

/** What happened on the way to a backend. */
export type CheckEvent =
  | { readonly kind: 'good' }
  /** It answers, but not 200. */
  | { readonly kind: 'bad'; readonly reason: string }
  /** Its certificate is not of this cluster. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  /** Nobody listens there: a host that is up says so at once, which is as good as `fall` silent checks. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** A check that is over without an answer. */
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** Nothing is decided: the check's connection broke, or an answer is late. */
  | { readonly kind: 'doubt'; readonly reason: string };

export interface CheckState {
  readonly condition: Condition;
  readonly reason: string | null;
  /** In a row. */
  readonly good: number;
  readonly unanswered: number;
}

export const uncheckedState: CheckState = {
  condition: 'unknown',
  reason: null,
  good: 0,
  unanswered: 0,
};

/** Who was seen out of order must be seen in order `rise` times; anybody else once. */
const mustRise: ReadonlySet<Condition> = new Set(['dead', 'not-ready']);

export function nextState(
  state: CheckState,
  event: CheckEvent,
  { rise, fall }: Pick<CheckOptions, 'rise' | 'fall'>,
): CheckState {
  switch (event.kind) {
    case 'good': {
      const good = state.good + 1;
      const isReady = good >= rise || !mustRise.has(state.condition);
      return isReady
        ? { condition: 'ready', reason: null, good, unanswered: 0 }
        : { ...state, reason: `answers 200, ${good} of ${rise} times`, good, unanswered: 0 };
    }
    case 'bad':
      return { condition: 'not-ready', reason: event.reason, good: 0, unanswered: 0 };
    case 'untrusted':
      return { condition: 'untrusted', reason: event.reason, good: 0, unanswered: 0 };
    case 'refused':
      return dying(state, event.reason, fall);
    case 'unanswered': {
      const unanswered = state.unanswered + 1;
      if (unanswered >= fall) return dying(state, event.reason, unanswered);
      return { ...doubted(state, event.reason), good: 0, unanswered };
    }
    case 'doubt':
      return doubted(state, event.reason);
  }
}

/** Who was not of this cluster is not believed to be until it proves it: silence proves nothing. */
function dying(state: CheckState, reason: string, unanswered: number): CheckState {
  if (state.condition === 'untrusted') return { ...state, good: 0, unanswered };
  return { condition: 'dead', reason, good: 0, unanswered };
}

function doubted(state: CheckState, reason: string): CheckState {
  if (state.condition === 'ready') return { ...state, condition: 'suspect', reason, good: 0 };
  return state.condition === 'unknown' ? { ...state, reason } : state;
}

/** What a failure shows: flows by name, each as a line. */
import type { Observed } from '../cases/case.ts';
import type { Walked } from './walk-case.ts';

type Lines = Readonly<Record<string, string>>;

export function expectedLines(walked: readonly Walked[]): Lines {
  return Object.fromEntries(walked.map(({ name, expected }) => [name, lineOf(expected)]));
}

export function observedLines(walked: readonly Walked[]): Lines {
  return Object.fromEntries(walked.map(({ name, observed }) => [name, lineOf(observed)]));
}

function lineOf(outcome: Observed): string {
  switch (outcome.is) {
    case 'forwarded':
      return `${outcome.backends.join(', ')}${masquerade(outcome.isMasqueraded)}`;
    case 'sticky':
      return `one of ${outcome.backends.join(', ')}${masquerade(outcome.isMasqueraded)}`;
    case 'failed':
      return `failed: ${outcome.why}`;
    default:
      return outcome.is;
  }
}

function masquerade(isMasqueraded: boolean): string {
  return isMasqueraded ? ', masqueraded' : '';
}

/** The header of an answer that a reader of a redirect wants to see; `kubectl` and the body do not show it. */

export interface AnswerHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Stands above the body; empty where the answer sends nobody elsewhere. */
export function locationLine({ status, headers }: AnswerHead): string {
  if (status < 300 || status > 399) return '';
  const location = headers.find(([name]) => name.toLowerCase() === 'location');
  return location ? `Location: ${location[1]}\n\n` : '';
}

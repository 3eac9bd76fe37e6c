/** New connections, one after the other, until so many in a row were as they should be. */
import { get, type Answer, type Place } from './client.ts';

export interface Row {
  /** Whether there was such a row in time. */
  readonly isThere: boolean;
  readonly tried: number;
  /** Those without an answer. */
  readonly failed: number;
  /** Why the last of those had none. */
  readonly cause: string;
}

export interface RowOptions {
  readonly place: Place;
  /** How long one may take. */
  readonly patienceMs: number;
  readonly inARow: number;
  /** After so many without an answer nothing more is tried, nor after the time. */
  readonly mostFailed: number;
  readonly withinMs: number;
  /** Whether an answer is as it should be; absent: any 200 is. */
  readonly isRight?: (answer: Answer) => boolean;
}

export async function untilInARow(options: RowOptions): Promise<Row> {
  const { place, patienceMs, inARow, mostFailed, withinMs, isRight = () => true } = options;
  const deadline = performance.now() + withinMs;
  let tried = 0;
  let failed = 0;
  let row = 0;
  let cause = '';
  while (row < inARow && failed < mostFailed && performance.now() < deadline) {
    const answer = await get(place, '/version', patienceMs);
    tried += 1;
    if (answer.status !== 200) {
      failed += 1;
      cause = answer.cause || `HTTP ${answer.status}`;
    }
    row = answer.status === 200 && isRight(answer) ? row + 1 : 0;
  }
  return { isThere: row >= inARow, tried, failed, cause };
}

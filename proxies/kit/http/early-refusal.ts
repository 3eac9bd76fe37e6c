/** Refuses a head before its end where what came of it is already wrong: nobody waits for the rest. */
import { badRequest, hasIllegalBytes, parseRequestLine } from './head.ts';
import type { Refusal } from './head.ts';
import type { HeadCollector } from './head-collector.ts';

/** Looks at each byte once, however slowly the head comes. One serves one head. */
export class EarlyRefusal {
  private seen = 0;
  private hasLine = false;

  /** Judges what is new in the unfinished head. */
  judge(heads: HeadCollector): Refusal | null {
    // One byte again: a line end may have been cut in two.
    const fresh = heads.waitingText(Math.max(0, this.seen - 1));
    this.seen = heads.waiting;
    if (hasIllegalBytes(fresh)) return badRequest;
    if (this.hasLine || !fresh.includes('\r\n')) return null;
    this.hasLine = true;
    const line = parseRequestLine(heads.waitingText(0));
    return 'refused' in line ? line : null;
  }
}

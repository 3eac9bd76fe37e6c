/** Gathers the bytes of a head until its empty line, however they were cut on the way. */

const emptyLine = Buffer.from('\r\n\r\n');
const nothing: Buffer = Buffer.alloc(0);
/** What a connection keeps for its next head; more goes back when a large one is over. */
const usualBytes = 16 << 10;

export class HeadCollector {
  private kept: Buffer = nothing;
  private keptLength = 0;
  /** The whole head, once `take` found its end. */
  text = '';

  /** How many bytes wait for the rest of their head. */
  get waiting(): number {
    return this.keptLength;
  }

  /** The unfinished head, from its byte `start` on. */
  waitingText(start: number): string {
    return this.kept.toString('latin1', start, this.keptLength);
  }

  /** The memory held for the next head. */
  get heldBytes(): number {
    return this.kept.length;
  }

  /** Takes bytes; returns the position behind the head in `buffer`, or -1 while it is unfinished. */
  take(buffer: Buffer, start: number, end: number): number {
    if (this.keptLength === 0) {
      const found = buffer.indexOf(emptyLine, start);
      if (found !== -1 && found + 4 <= end) {
        this.text = buffer.toString('latin1', start, found + 4);
        return found + 4;
      }
      this.keep(buffer, start, end);
      return -1;
    }
    const before = this.keptLength;
    this.keep(buffer, start, end);
    const found = this.kept.indexOf(emptyLine, Math.max(0, before - 3));
    if (found === -1 || found + 4 > this.keptLength) return -1;
    this.text = this.kept.toString('latin1', 0, found + 4);
    this.keptLength = 0;
    if (this.kept.length > usualBytes) this.kept = nothing;
    return start + found + 4 - before;
  }

  private keep(buffer: Buffer, start: number, end: number): void {
    const length = this.keptLength + end - start;
    if (length > this.kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.kept.length * 2, 1024));
      this.kept.copy(larger, 0, 0, this.keptLength);
      this.kept = larger;
    }
    buffer.copy(this.kept, this.keptLength, start, end);
    this.keptLength = length;
  }
}

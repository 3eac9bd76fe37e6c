/** Bytes into lines: each becomes a string of its own, so that none keeps a whole chunk alive. */

const newline = 0x0a;

export interface LineReader {
  /** Calls for every line that this chunk completes. */
  push(chunk: Buffer, onLine: (line: string) => void): void;
  /** How many bytes of an incomplete line have come. */
  pendingBytes(): number;
}

export function createLineReader(): LineReader {
  let pending: Buffer[] = [];
  return {
    push: (chunk, onLine) => {
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        const part = chunk.subarray(start, end);
        const whole = pending.length === 0 ? part : Buffer.concat([...pending, part]);
        pending = [];
        start = end + 1;
        onLine(whole.toString());
      }
      if (start < chunk.length) pending.push(chunk.subarray(start));
    },
    pendingBytes: () => pending.reduce((sum, { length }) => sum + length, 0),
  };
}

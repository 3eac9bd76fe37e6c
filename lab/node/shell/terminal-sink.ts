/** What a terminal's line discipline does to output: a newline also returns to the line's start. */
import type { Sink } from './program.ts';

export function terminalSink(sink: Sink): Sink {
  return {
    write: (chunk) => {
      const text = typeof chunk === 'string' ? chunk : chunk.toString('latin1');
      const ended = text.replace(/\r?\n/g, '\r\n');
      return sink.write(typeof chunk === 'string' ? ended : Buffer.from(ended, 'latin1'));
    },
  };
}

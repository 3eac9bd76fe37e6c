/** The sizes that a client's terminal takes, as it sends them: `{"Width":80,"Height":24}`. */
import type { Readable } from 'node:stream';
import type { TerminalSize } from './process-streams.ts';

/** Reads one JSON object a line until the stream ends. */
export function readSizes(stream: Readable, onSize: (size: TerminalSize) => void): void {
  let waiting = '';
  stream.on('data', (chunk: Buffer) => {
    waiting += chunk.toString();
    const lines = waiting.split('\n');
    waiting = lines.pop() ?? '';
    for (const line of lines) readSize(line, onSize);
    // A client may leave out the last newline.
    if (waiting.endsWith('}')) {
      readSize(waiting, onSize);
      waiting = '';
    }
    if (waiting.length > 1000) waiting = '';
  });
}

export function readSize(text: string, onSize: (size: TerminalSize) => void): void {
  const match = /"Width":(\d{1,5}),"Height":(\d{1,5})/.exec(text.replaceAll(' ', ''));
  if (match) onSize({ columns: Number(match[1]), rows: Number(match[2]) });
}

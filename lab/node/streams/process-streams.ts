/** What a command in a container reads and writes, whoever carries it. */
import { PassThrough, Writable, type Readable } from 'node:stream';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ProcessStreams {
  /** Ended where the client sends no input. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** The same as `stdout` on a terminal. */
  readonly stderr: Writable;
  readonly isTerminal: boolean;
  /** Called with each size of the client's terminal. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** The client is gone: whatever runs for it ends. */
  readonly signal: AbortSignal;
}

/** What is kept of the output of a command that nobody watches. */
const keptBytes = 64 * 1024;

/** Streams for a command without input, whose output is kept. */
export function capturedStreams(signal: AbortSignal): {
  readonly streams: ProcessStreams;
  readonly output: () => string;
} {
  const chunks: Buffer[] = [];
  let size = 0;
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (size < keptBytes) chunks.push(chunk);
      size += chunk.length;
      done();
    },
  });
  const stdin = new PassThrough();
  stdin.end();
  const streams: ProcessStreams = {
    stdin,
    stdout: sink,
    stderr: sink,
    isTerminal: false,
    onResize: () => undefined,
    signal,
  };
  return { streams, output: () => Buffer.concat(chunks).toString() };
}

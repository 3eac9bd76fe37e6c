/** The body of a watch: lines as they happen, until the time is up or the client is gone. */
import type { HttpResponse } from '../exchange.ts';

export interface EventStream {
  write(line: string): void;
  end(): void;
  /** Resolves when the stream has ended, whoever ended it. Never rejects. */
  readonly ended: Promise<void>;
}

/** A client that does not read is left to start again once so much waits for it. */
const longestQueue = 10_000;

export function openEventStream(
  response: HttpResponse,
  signal: AbortSignal,
  timeoutMs: number,
): EventStream {
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  let waiting: string[] = [];
  let isBlocked = false;
  let isEnded = false;

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    response.end(waiting.join(''));
    waiting = [];
    resolve(undefined);
  };

  const write = (line: string): void => {
    if (isEnded) return;
    if (isBlocked) {
      waiting.push(line);
      if (waiting.length > longestQueue) end();
    } else if (!response.write(line)) {
      isBlocked = true;
      response.once('drain', release);
    }
  };

  const release = (): void => {
    isBlocked = false;
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) write(lines.join(''));
  };

  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders?.();
  const timer = setTimeout(end, Math.min(timeoutMs, 2 ** 31 - 1));
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);
  return { write, end, ended };
}

/** The body of a watch: lines as they happen, until the time is up or the client is gone. */
import type { HttpResponse } from '../../../proxies/kit/http/server-exchange.ts';

export interface EventStream {
  /** False: the client is behind, and whoever writes had better wait until it has caught up. */
  write(line: Uint8Array): boolean;
  /** Calls back, once, when the client has caught up. Never after the end. */
  onDrain(listener: () => void): void;
  end(): void;
  readonly isEnded: boolean;
  /** Resolves when the stream has ended, whoever ended it. Never rejects. */
  readonly ended: Promise<void>;
}

/** What is written in one turn of the loop goes out together, in pieces of about this size. */
const pieceBytes = 64 * 1024;
/** How long a client that was left may take to read the rest. */
const lingerMs = 5000;

export function openEventStream(
  response: HttpResponse,
  signal: AbortSignal,
  timeoutMs: number,
): EventStream {
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  let lines: Uint8Array[] = [];
  let bytes = 0;
  let isBlocked = false;
  let isFlushing = false;
  let isEnded = false;
  let drained: (() => void) | undefined;

  const isWaiting = () => isBlocked || isEnded;

  const flush = (): void => {
    isFlushing = false;
    if (isWaiting() || bytes === 0) return;
    if (response.write(take())) return;
    isBlocked = true;
    response.once('drain', onDrained);
  };

  const onDrained = (): void => {
    isBlocked = false;
    flush();
    if (isWaiting()) return;
    const listener = drained;
    drained = undefined;
    listener?.();
  };

  const take = (): Uint8Array => {
    const [only] = lines;
    const piece = only && lines.length === 1 ? only : Buffer.concat(lines, bytes);
    lines = [];
    bytes = 0;
    return piece;
  };

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    response.end(take());
    const linger = setTimeout(() => response.destroy(), lingerMs).unref();
    response.once('close', () => clearTimeout(linger));
    resolve(undefined);
  };

  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders?.();
  const timer = setTimeout(end, Math.min(timeoutMs, 2 ** 31 - 1));
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);

  return {
    write: (line) => {
      if (isEnded) return true;
      lines.push(line);
      bytes += line.length;
      if (bytes >= pieceBytes) {
        flush();
      } else if (!isFlushing) {
        isFlushing = true;
        queueMicrotask(flush);
      }
      return !isBlocked;
    },
    onDrain: (listener) => {
      drained = listener;
    },
    end,
    get isEnded() {
      return isEnded;
    },
    ended,
  };
}

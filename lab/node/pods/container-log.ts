/** The lines that a container wrote: the last of them are kept, and whoever follows is told. */

export interface LogLine {
  /** RFC 3339 with nanoseconds, as the container runtime writes it. */
  readonly time: string;
  readonly text: string;
}

/** Enough for a reader; a noisy container does not eat the node's memory. */
const keptLines = 2000;
const keptBytes = 256 * 1024;
const longestLine = 16 * 1024;

export interface ContainerLog {
  append(text: string): void;
  lines(): readonly LogLine[];
  /** Called for each line from now on, until it is disposed; `onEnd` when no more can come. */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): Disposable;
  /** The container has ended. */
  end(): void;
}

export function createContainerLog(): ContainerLog {
  let kept: LogLine[] = [];
  let size = 0;
  let isEnded = false;
  const followers = new Set<{ onLine: (line: LogLine) => void; onEnd: () => void }>();
  return {
    append: (text) => {
      const line = { time: nowWithNanoseconds(), text: text.slice(0, longestLine) };
      kept.push(line);
      size += line.text.length;
      if (kept.length > keptLines || size > keptBytes) {
        kept = kept.slice(Math.ceil(kept.length / 4));
        size = kept.reduce((sum, one) => sum + one.text.length, 0);
      }
      for (const follower of followers) follower.onLine(line);
    },
    lines: () => kept,
    follow: (onLine, onEnd) => {
      const follower = { onLine, onEnd };
      if (isEnded) queueMicrotask(onEnd);
      else followers.add(follower);
      return { [Symbol.dispose]: () => followers.delete(follower) };
    },
    end: () => {
      isEnded = true;
      for (const { onEnd } of followers) onEnd();
      followers.clear();
    },
  };
}

function nowWithNanoseconds(): string {
  const now = performance.timeOrigin + performance.now();
  const micros = String(Math.floor((now % 1) * 1000)).padStart(3, '0');
  return new Date(now).toISOString().replace('Z', `${micros}000Z`);
}

/** What has happened to the Service so far, with times, and a way to wait for what is to happen. */
import type { CloudServiceLine } from '../../cloud-service.ts';

/** A line, but for its time. */
export type Untimed<T = CloudServiceLine> = T extends unknown ? Omit<T, 'atMs'> : never;

export interface Journal {
  readonly lines: readonly CloudServiceLine[];
  /** Milliseconds since it was opened. */
  now(): number;
  /** @param atMs absent: now */
  write(line: Untimed, atMs?: number): void;
  /** Whether it came to be so in that time. @throws the signal's reason */
  until(isSo: () => boolean, withinMs: number): Promise<boolean>;
}

export function openJournal(send: (line: CloudServiceLine) => void, signal: AbortSignal): Journal {
  const lines: CloudServiceLine[] = [];
  const waiting = new Set<() => void>();
  const startedAt = performance.now();
  const now = () => Math.round((performance.now() - startedAt) * 10) / 10;
  return {
    lines,
    now,
    write: (untimed, atMs = now()) => {
      if (signal.aborted) return;
      const line: CloudServiceLine = { ...untimed, atMs };
      lines.push(line);
      send(line);
      for (const check of waiting) check();
    },
    until: async (isSo, withinMs) => {
      signal.throwIfAborted();
      if (isSo()) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const check = () => {
        if (isSo()) resolve(true);
      };
      const leave = () => resolve(false);
      const late = setTimeout(leave, withinMs);
      waiting.add(check);
      signal.addEventListener('abort', leave, { once: true });
      const came = await promise;
      waiting.delete(check);
      clearTimeout(late);
      signal.removeEventListener('abort', leave);
      signal.throwIfAborted();
      return came;
    },
  };
}

/** One sync of one family, as it went: for whoever watches. */
import type { Family } from './service-port.ts';

export interface SyncReport {
  readonly family: Family;
  /** `full`: everything was compared with what is there; `partial`: what changed was written. */
  readonly kind: 'full' | 'partial';
  /** Ports that were new or changed, and ports that went. */
  readonly changed: number;
  readonly removed: number;
  readonly operations: number;
  readonly tookMs: number;
  /** When it ended: `2026-11-22T14:05:00.123Z` */
  readonly at: string;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
}

export interface SyncLog {
  /** The last ones, the latest last. */
  readonly recent: readonly SyncReport[];
  add(report: SyncReport): void;
  onSync(listener: (report: SyncReport) => void): Disposable;
}

const mostKept = 50;

export function createSyncLog(): SyncLog {
  const recent: SyncReport[] = [];
  const listeners = new Set<(report: SyncReport) => void>();
  return {
    recent,
    add: (report) => {
      recent.push(report);
      if (recent.length > mostKept) recent.shift();
      for (const listener of listeners) listener(report);
    },
    onSync: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
  };
}

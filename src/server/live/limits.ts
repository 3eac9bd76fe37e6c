/** How much of the live API one client, and all of them together, may use at a time. */
import { LiveError } from './live-error.ts';

export interface LimitOptions {
  /** Requests a client may save up, and how many come back each second. */
  readonly burst: number;
  readonly perSecond: number;
  /** Requests that run at once, for one client and in all. */
  readonly concurrentPerClient: number;
  readonly concurrent: number;
}

export interface Limits {
  /**
   * Runs it in one of the places.
   *
   * @throws LiveError `too-many-requests` when this client has to slow down, `busy` when all have.
   */
  run(client: string, work: () => Promise<void>): Promise<void>;
}

interface Account {
  tokens: number;
  countedAtMs: number;
  running: number;
}

/** Token buckets by client address, and counts of what runs. `now` is in ms. */
export function createLimits(options: LimitOptions, now = () => performance.now()): Limits {
  const accounts = new Map<string, Account>();
  let running = 0;

  return {
    async run(client, work) {
      const account = refill(accounts.get(client), options, now());
      accounts.set(client, account);
      if (accounts.size > 10_000) forgetIdle(accounts, options, now());
      if (account.tokens < 1 || account.running >= options.concurrentPerClient) {
        throw new LiveError('too-many-requests', {}, { 'Retry-After': '1' });
      }
      if (running >= options.concurrent) throw new LiveError('busy', {}, { 'Retry-After': '2' });
      account.tokens -= 1;
      account.running += 1;
      running += 1;
      try {
        await work();
      } finally {
        account.running -= 1;
        running -= 1;
      }
    },
  };
}

function refill(known: Account | undefined, options: LimitOptions, nowMs: number): Account {
  if (!known) return { tokens: options.burst, countedAtMs: nowMs, running: 0 };
  const earned = ((nowMs - known.countedAtMs) / 1000) * options.perSecond;
  known.tokens = Math.min(options.burst, known.tokens + earned);
  known.countedAtMs = nowMs;
  return known;
}

function forgetIdle(accounts: Map<string, Account>, options: LimitOptions, nowMs: number): void {
  for (const [client, account] of accounts) {
    const { tokens, running } = refill(account, options, nowMs);
    if (running === 0 && tokens >= options.burst) accounts.delete(client);
  }
}

/** The UDP sessions of a proxy: each ends when it has been silent, or when there are too many. */

export interface UdpSession {
  /** Milliseconds of `performance.now()` when it last carried a datagram. */
  usedAtMs: number;
  end(): void;
}

export interface UdpSessionLimits {
  readonly idleMs: number;
  /** Beyond these the one that was silent longest ends. */
  readonly limit: number;
}

/** One timer for all of them; a datagram costs no more than a note of the time. */
export class UdpSessions implements Disposable {
  private readonly limits: UdpSessionLimits;
  /** In order of last use, as far as it has been looked at. */
  private readonly sessions = new Set<UdpSession>();
  private timer: NodeJS.Timeout | undefined;

  constructor(limits: UdpSessionLimits) {
    this.limits = limits;
  }

  get count(): number {
    return this.sessions.size;
  }

  add(session: UdpSession): void {
    if (this.sessions.size >= this.limits.limit) this.oldest()?.end();
    this.sessions.add(session);
    this.timer ??= this.schedule(this.limits.idleMs);
  }

  /** It has ended. */
  remove(session: UdpSession): void {
    this.sessions.delete(session);
    if (this.sessions.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  [Symbol.dispose](): void {
    for (const session of [...this.sessions]) session.end();
  }

  private oldest(): UdpSession | undefined {
    let oldest: UdpSession | undefined;
    for (const session of this.sessions) {
      if (oldest === undefined || session.usedAtMs < oldest.usedAtMs) oldest = session;
    }
    return oldest;
  }

  private schedule(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.endSilent(), afterMs).unref();
  }

  private endSilent(): void {
    this.timer = undefined;
    const now = performance.now();
    let nextMs = this.limits.idleMs;
    for (const session of [...this.sessions]) {
      const leftMs = session.usedAtMs + this.limits.idleMs - now;
      if (leftMs <= 0) session.end();
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (this.sessions.size > 0) this.timer ??= this.schedule(nextMs);
  }
}

/** What nginx's log says of its workers: by it we know when a new configuration serves. */

/** `2026/11/22 17:40:00 [notice] 4242#4242: start worker process 4243` */
const format = /^\S+ \S+ \[(\w+)\] (\d+)#\d+: (.*)$/;

export interface LogLine {
  readonly severity: string;
  readonly pid: number;
  readonly text: string;
}

/** Null where a line is not of nginx's own log. */
export function parseLogLine(line: string): LogLine | null {
  const [, severity = '', pid = '', text = ''] = format.exec(line) ?? [];
  return severity === '' ? null : { severity, pid: Number(pid), text };
}

/** The workers that take connections, as the master's log tells them. */
export class WorkerLog {
  readonly #master: () => number;
  readonly #accepting = new Set<number>();
  readonly #watchers = new Set<() => void>();
  /** Those of before the last reload. The master says all that it starts before it says that it reloads. */
  #former: ReadonlySet<number> = new Set();
  #reloads = 0;
  #complaint: string | null = null;

  /** @param master the master's process id */
  constructor(master: () => number) {
    this.#master = master;
  }

  read(line: LogLine): void {
    this.#note(line);
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves when a worker takes connections. */
  serving(signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#accepting.size > 0, signal);
  }

  /**
   * Resolves when the next reload is done: new workers take connections, and the ones before no more.
   *
   * @throws Error with the master's complaint, where it stays with what it had
   */
  async renewed(signal: AbortSignal): Promise<void> {
    const before = this.#reloads;
    this.#complaint = null;
    await this.#until(() => {
      if (this.#complaint !== null) throw new Error(this.#complaint);
      const isReloaded = this.#reloads > before && this.#accepting.size > 0;
      return isReloaded && this.#accepting.isDisjointFrom(this.#former);
    }, signal);
  }

  #note({ severity, pid, text }: LogLine): void {
    const [, started = ''] = /^start worker process (\d+)/.exec(text) ?? [];
    const [, exited = ''] = /^worker process (\d+) exited/.exec(text) ?? [];
    if (started !== '') this.#accepting.add(Number(started));
    else if (exited !== '') this.#accepting.delete(Number(exited));
    else if (text.startsWith('gracefully shutting down')) this.#accepting.delete(pid);
    else if (text.startsWith('reconfiguring')) {
      this.#former = new Set(this.#accepting);
      this.#reloads++;
    } else if (severity === 'emerg' && pid === this.#master()) this.#complaint ??= text;
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const watcher = () => {
      try {
        if (isSo()) resolve(undefined);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onAbort = () => reject(new Error('nginx did not take its configuration in time'));
    signal.addEventListener('abort', onAbort);
    this.#watchers.add(watcher);
    watcher(); // It may be so already.
    try {
      await promise;
    } finally {
      this.#watchers.delete(watcher);
      signal.removeEventListener('abort', onAbort);
    }
  }
}

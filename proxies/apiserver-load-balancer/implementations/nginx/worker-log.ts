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
  #complaint: string | null = null;

  /** @param master the master's process id */
  constructor(master: () => number) {
    this.#master = master;
  }

  read(line: LogLine): void {
    const { severity, pid, text } = line;
    const [, started = ''] = /^start worker process (\d+)/.exec(text) ?? [];
    const [, exited = ''] = /^worker process (\d+) exited/.exec(text) ?? [];
    if (started !== '') this.#accepting.add(Number(started));
    else if (exited !== '') this.#accepting.delete(Number(exited));
    else if (text.startsWith('gracefully shutting down')) this.#accepting.delete(pid);
    else if (severity === 'emerg' && pid === this.#master()) this.#complaint ??= text;
    else return;
    for (const watcher of this.#watchers) watcher();
  }

  /**
   * Resolves when only workers that begin from now on take connections, and at least one does.
   *
   * @throws Error with the master's complaint, when there is one from now on
   */
  async renewed(signal: AbortSignal): Promise<void> {
    const before = new Set(this.#accepting);
    this.#complaint = null;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const watcher = () => {
      if (this.#complaint !== null) reject(new Error(this.#complaint));
      else if (this.#accepting.size > 0 && before.isDisjointFrom(this.#accepting))
        resolve(undefined);
    };
    const onAbort = () => reject(new Error('nginx did not take the new configuration in time'));
    signal.addEventListener('abort', onAbort);
    this.#watchers.add(watcher);
    try {
      await promise;
    } finally {
      this.#watchers.delete(watcher);
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** HAProxy's workers: the one that takes connections, and the ones of before a reload that still carry some. */
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtATime } from '../../../kit/one-at-a-time.ts';
import { pools } from './configuration.ts';
import { askMaster, askWorker, parseWorkers } from './master-socket.ts';
import { parseStatistics, type StatisticsRow } from './statistics.ts';
import { WorkerCounts, type HaproxyCounts } from './worker-counts.ts';

/** How often it is asked while it starts or reloads. */
const pollMs = 10;

export class Workers {
  readonly #socket: string;
  readonly #counts = new WorkerCounts();
  readonly #inOrder = oneAtATime();

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Resolves when a worker takes connections that is none of `before`, and of those none does. */
  async renewed(before: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    while (!(await this.#isRenewed(before))) {
      if (signal.aborted) throw new Error('HAProxy did not take the new configuration in time');
      await sleep(pollMs);
    }
  }

  async pids(): Promise<ReadonlySet<number>> {
    return parseWorkers(await askMaster(this.#socket, 'show proc')).pids;
  }

  /** @throws Error with HAProxy's words, where it does not do it */
  async order(command: string): Promise<void> {
    const answer = (await askMaster(this.#socket, `@1 ${command}`)).trim();
    if (answer !== '') throw new Error(`HAProxy: ${command}: ${answer}`);
  }

  /** Of the worker that takes connections: by the server's name. */
  async servers(): Promise<ReadonlyMap<string, StatisticsRow>> {
    const rows = parseStatistics(await askMaster(this.#socket, '@1 show stat'));
    return new Map(
      rows
        .filter((row) => row.get('pxname') === pools.ready)
        .map((row) => [row.get('svname') ?? '', row]),
    );
  }

  /** Of all workers since the start; `active` by the server's name. */
  counts(): Promise<HaproxyCounts> {
    // Who has gone is added up once.
    return this.#inOrder(() => this.#count());
  }

  async #count(): Promise<HaproxyCounts> {
    const living = await this.pids();
    this.#counts.keep(living);
    for (const pid of living) {
      const answer = await askWorker(this.#socket, pid, 'show stat').catch(() => '');
      if (answer !== '') this.#counts.note(pid, parseStatistics(answer));
    }
    return this.#counts.sum();
  }

  async #isRenewed(before: ReadonlySet<number>): Promise<boolean> {
    const answer = await askMaster(this.#socket, 'show proc').catch(() => null);
    if (answer === null) return false; // It is not there yet, or starts anew.
    const { pids, failedReloads } = parseWorkers(answer);
    if (failedReloads > 0) throw new Error('HAProxy could not load the new configuration');
    const states = await Promise.all(
      [...pids].map(async (pid) => {
        const said = await askWorker(this.#socket, pid, 'show info').catch(() => '');
        return { pid, serves: /^Stopping: 0$/m.test(said), stops: /^Stopping: 1$/m.test(said) };
      }),
    );
    return (
      states.some(({ pid, serves }) => serves && !before.has(pid)) &&
      states.every(({ pid, stops }) => stops || !before.has(pid))
    );
  }
}

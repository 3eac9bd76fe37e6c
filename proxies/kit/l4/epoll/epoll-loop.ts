/** Waits for many sockets at once, and calls who watches them: the thread it runs in does nothing else. */
import {
  control,
  epollFlags,
  event,
  eventLayout,
  loadCalls,
  systemError,
  type Calls,
} from './calls.ts';

export interface Watched {
  readonly fd: number;
  /** The loop's own: a number that was closed and opened again is not the same descriptor. */
  turn: number;
  /** Told of what `epoll_wait` says. */
  onEvents(events: number): void;
}

interface Task {
  readonly periodMs: number;
  readonly run: () => void;
  nextMs: number;
}

const eventsAtOnce = 512;
/** However the process ends, this thread is not in its way for longer. */
const longestWaitMs = 1_000;

export class EpollLoop implements Disposable {
  readonly calls: Calls = loadCalls();
  /** Milliseconds of `performance.now()` when the last events came. */
  nowMs = performance.now();
  private readonly epoll: number;
  private readonly onFailure: (error: unknown) => void;
  /** By descriptor. */
  private readonly watched = new Map<number, Watched>();
  private turn = 0;
  private readonly tasks = new Set<Task>();
  private deferred: (() => void)[] = [];
  private isOver = false;
  private readonly change = new Uint32Array(eventLayout.words);
  private readonly changeBytes = Buffer.from(this.change.buffer);
  private readonly ready = new Uint32Array(eventLayout.words * eventsAtOnce);
  private readonly readyBytes = Buffer.from(this.ready.buffer);

  /** @param onFailure told what a task or a watcher has thrown; the loop goes on */
  constructor(onFailure: (error: unknown) => void) {
    this.onFailure = onFailure;
    this.epoll = this.calls.epollCreate(epollFlags);
    if (this.epoll < 0) throw systemError(this.calls.errno(), 'epoll_create1');
  }

  watch(watched: Watched, events: number): void {
    watched.turn = this.turn = (this.turn + 1) >>> 0;
    this.watched.set(watched.fd, watched);
    this.control(control.add, watched, events);
  }

  modify(watched: Watched, events: number): void {
    this.control(control.modify, watched, events);
  }

  unwatch(watched: Watched): void {
    if (this.watched.delete(watched.fd)) this.control(control.remove, watched, 0);
  }

  /** Its descriptor is about to be closed, which ends the watch too. */
  forget(watched: Watched): void {
    this.watched.delete(watched.fd);
  }

  every(periodMs: number, run: () => void): Disposable {
    const task: Task = { periodMs, run, nextMs: performance.now() + periodMs };
    this.tasks.add(task);
    return { [Symbol.dispose]: () => void this.tasks.delete(task) };
  }

  /** Runs it soon, but not within what runs now. */
  defer(run: () => void): void {
    this.deferred.push(run);
  }

  /** Blocks the thread until {@link stop}. */
  run(): void {
    while (!this.isOver) {
      this.runDeferred();
      const count = this.calls.epollWait(this.epoll, this.readyBytes, eventsAtOnce, this.waitMs());
      this.nowMs = performance.now();
      for (let index = 0; index < count; index++) this.deliver(index * eventLayout.words);
      this.runTasks();
    }
  }

  stop(): void {
    this.isOver = true;
  }

  [Symbol.dispose](): void {
    this.calls.close(this.epoll);
  }

  private deliver(at: number): void {
    const fd = this.ready[at + eventLayout.data] ?? -1;
    const watched = this.watched.get(fd);
    if (watched === undefined || watched.turn !== this.ready[at + eventLayout.data + 1]) return;
    try {
      watched.onEvents(this.ready[at] ?? 0);
    } catch (error) {
      this.onFailure(error);
    }
  }

  private control(action: number, watched: Watched, events: number): void {
    const { fd, turn } = watched;
    this.change[0] = events;
    this.change[eventLayout.data] = fd;
    this.change[eventLayout.data + 1] = turn;
    const result = this.calls.epollControl(this.epoll, action, fd, this.changeBytes);
    if (result >= 0 || action !== control.add) return;
    // The kernel has no room for it: unwatched, it would never be heard of again.
    this.defer(() => {
      if (this.watched.get(fd) === watched) watched.onEvents(event.error);
    });
  }

  private waitMs(): number {
    let untilMs = performance.now() + longestWaitMs;
    for (const { nextMs } of this.tasks) untilMs = Math.min(untilMs, nextMs);
    return this.deferred.length > 0 ? 0 : Math.max(0, Math.ceil(untilMs - performance.now()));
  }

  private runTasks(): void {
    for (const task of this.tasks) {
      if (task.nextMs > this.nowMs) continue;
      task.nextMs = this.nowMs + task.periodMs;
      this.attempt(task.run);
    }
  }

  private runDeferred(): void {
    const { deferred } = this;
    if (deferred.length === 0) return;
    this.deferred = [];
    for (const run of deferred) this.attempt(run);
  }

  private attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.onFailure(error);
    }
  }
}

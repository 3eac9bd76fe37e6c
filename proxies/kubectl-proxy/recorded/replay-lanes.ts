/** Several replays side by side, each on a stage of its own; cases that share a process share a lane. */
import type { RecordedCase } from './recorded-case.ts';
import { Replayer, shareKey, type Observation } from './replay.ts';
import { Stage } from './stage.ts';

export interface Replayed {
  readonly replayer: Replayer;
  readonly observation: Observation;
}

export class ReplayLanes {
  readonly #count: number;
  readonly #pki: string;
  readonly #all: Promise<Replayer>[] = [];
  readonly #idle: Replayer[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, pki: string) {
    this.#count = count;
    this.#pki = pki;
  }

  /** Replays the case on a free lane and hands it on while nobody else uses that lane. */
  async use<T>(
    recorded: RecordedCase,
    inspect: (replayed: Replayed) => Promise<T> | T,
  ): Promise<T> {
    const replayer = await this.#acquire(shareKey(recorded));
    try {
      return await inspect({ replayer, observation: await replayer.replay(recorded) });
    } finally {
      this.#idle.push(replayer);
      this.#waiting.shift()?.();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const replayers = await Promise.all(this.#all);
    await Promise.all(replayers.map((replayer) => replayer[Symbol.asyncDispose]()));
  }

  async #acquire(key: string | null): Promise<Replayer> {
    for (;;) {
      const isNew = this.#all.length < this.#count;
      const index = bestLane(this.#idle, key);
      const isGood = index !== -1 && (this.#idle[index]?.keptKey === key || !isNew);
      const [idle] = isGood ? this.#idle.splice(index, 1) : [];
      if (idle) return idle;
      if (isNew) {
        const created = Stage.create(this.#pki).then((stage) => new Replayer(stage));
        this.#all.push(created);
        return created;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** The lane that runs the right command already, else one without any, else the one idle the longest. */
function bestLane(idle: readonly Replayer[], key: string | null): number {
  const same = idle.findIndex(({ keptKey }) => keptKey === key);
  if (same !== -1) return same;
  const free = idle.findIndex(({ keptKey }) => keptKey === null);
  return free !== -1 || idle.length === 0 ? free : 0;
}

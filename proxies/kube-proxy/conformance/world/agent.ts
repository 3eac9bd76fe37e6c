/** Whoever lives in one network namespace of the world: listens, and connects. */
import type { Answer, Listening, Probe } from './answer.ts';
import { listenAt } from './listen.ts';
import { tryConnection } from './probe.ts';
import { createSctpPorts } from '../../../kit/sctp/sctp-ports.ts';

export interface Agent extends AsyncDisposable {
  /** Until it ends. */
  listen(all: readonly Listening[]): Promise<void>;
  /** As many connections at once. */
  probe(probe: Probe, count: number): Promise<readonly Answer[]>;
  /** Whatever has not been answered yet is `silent`. */
  giveUp(): Promise<void>;
}

export function createAgent(): Agent {
  const sctp = createSctpPorts();
  const owned = new AsyncDisposableStack();
  owned.use(sctp);
  let giveUp = new AbortController();
  return {
    listen: async (all) => {
      for (const one of await Promise.all(all.map((at) => listenAt(at, sctp)))) owned.use(one);
    },
    probe: async (probe, count) => {
      giveUp = new AbortController();
      const { signal } = giveUp;
      return Promise.all(Array.from({ length: count }, () => tryConnection(probe, sctp, signal)));
    },
    giveUp: () => {
      giveUp.abort();
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

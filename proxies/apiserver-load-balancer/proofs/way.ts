/** A way to the apiservers, and what must come of going it. */
import type { Travelled } from './trip.ts';

export interface Way {
  /** The name of the program in front; empty: straight to an apiserver. */
  readonly name: string;
  readonly go: () => Promise<Travelled>;
  readonly expects: {
    /** Of the apiservers' own certificates. */
    readonly fingerprints: readonly string[];
    /** What a command in the pod says. */
    readonly says: string;
  };
}

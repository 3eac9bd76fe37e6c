/** A connection to nftables that can be made to fail, and that keeps what was written. */
import { NftError, type NftConnection } from '../../../kit/nftables/nft-connection.ts';

export interface WatchedConnection extends NftConnection {
  /** Lets the next transaction fail: nothing of it reaches the kernel. */
  failNext(): void;
  readonly failures: number;
  /** What was run since the last call. */
  takeWritten(): readonly string[];
}

const words = 'made to fail';

export function isMadeToFail(error: unknown): boolean {
  return error instanceof NftError && error.message === words;
}

/** Ends with the real one. */
export function watchConnection(real: NftConnection): WatchedConnection {
  let failsNext = false;
  let failures = 0;
  let written: string[] = [];
  return {
    run: (text, options) => {
      if (failsNext) {
        failsNext = false;
        failures += 1;
        return Promise.reject(new NftError(words));
      }
      written.push(text);
      return real.run(text, options);
    },
    failNext: () => {
      failsNext = true;
    },
    get failures() {
      return failures;
    },
    takeWritten: () => {
      const taken = written;
      written = [];
      return taken;
    },
    [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
  };
}

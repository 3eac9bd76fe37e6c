/** Forgets clients once more, a second later. */
import { isMissing, NftError } from '../../kit/nftables/nft-connection.ts';
import type { Clock } from '../../kit/clock.ts';

export interface ForgetAgainOptions {
  readonly forget: () => Promise<void>;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: (line: string) => void;
}

export interface ForgettingAgain extends AsyncDisposable {
  request(): void;
}

/** A packet that is on its way meanwhile has been recorded by then. */
const delayMs = 1000;

/**
 * A packet that was sent on before an endpoint went may be recorded after its clients were forgotten:
 * that client would come back to nobody as long as it comes often enough.
 */
export function forgetAgain({ forget, clock, log }: ForgetAgainOptions): ForgettingAgain {
  let timer: Disposable | null = null;
  let running: Promise<void> = Promise.resolve();
  return {
    request: () => {
      timer?.[Symbol.dispose]();
      timer = clock.after(delayMs, () => {
        timer = null;
        running = forget().catch((error: unknown) => {
          // Somebody deleted the table: whoever repairs it says so.
          if (error instanceof NftError && isMissing(error)) return;
          log(`affinity: ${String(error).split('\n', 1).join('')}`);
        });
      });
    },
    [Symbol.asyncDispose]: async () => {
      timer?.[Symbol.dispose]();
      await running;
    },
  };
}

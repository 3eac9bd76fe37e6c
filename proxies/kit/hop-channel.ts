/** Hops for the process that started this one, over its IPC channel, while it wants them. */
import * as z from 'zod';
import type { Hop } from './hop.ts';

const wishSchema = z.object({ hops: z.boolean() });

export interface HopSource {
  setHopListener(listener: ((hop: Hop) => void) | null): void;
}

/** Obeys `{ "hops": true | false }` with `{ "hop": … }` messages. Nothing where there is no channel. */
export function relayHops(source: HopSource): Disposable {
  const obey = (message: unknown) => {
    const wish = wishSchema.safeParse(message);
    if (!wish.success) return;
    source.setHopListener(wish.data.hops ? (hop) => process.send?.({ hop }) : null);
  };
  process.on('message', obey);
  return {
    [Symbol.dispose]: () => {
      process.removeListener('message', obey);
      source.setHopListener(null);
    },
  };
}

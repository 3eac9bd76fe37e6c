/** Which share of 127.0.0.0/8 a loopback lab has: the first that no other lab of this host holds. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { loopbackShares, serviceRangesOf, type LabPlace } from '../topology.ts';

/** Nobody connects there: to listen is to hold the share. It ends with the process, however that ends. */
const holdPort = 12_796;

/**
 * @param earlier the share that the lab had before: what it has stored is of use there
 * @throws Error when all are held
 */
export async function takeLoopbackShare(earlier = 0): Promise<LabPlace & AsyncDisposable> {
  const shares = Array.from({ length: loopbackShares }, (_, share) => share);
  for (const share of [earlier, ...shares.filter((one) => one !== earlier)]) {
    const place: LabPlace = { mode: 'loopback', share };
    const server = createServer((socket) => socket.destroy());
    const release = () => new Promise<void>((resolve) => server.close(() => resolve()));
    try {
      server.listen(holdPort, lastAddressOf(place));
      await once(server, 'listening');
      server.unref();
      return { ...place, [Symbol.asyncDispose]: release };
    } catch (error) {
      const isHeld = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      // Where only 127.0.0.1 is to be had, there is nothing to share.
      if (!isHeld) return { ...place, [Symbol.asyncDispose]: async () => undefined };
    }
  }
  throw new Error(`${loopbackShares} labs are on this host's loopback already.`);
}

/** The last but one of the Services' range: the last that an apiserver would give out. */
function lastAddressOf(place: LabPlace): string {
  return (serviceRangesOf(place)[0] ?? '').replace(/0\.0\/\d+$/, '255.254');
}

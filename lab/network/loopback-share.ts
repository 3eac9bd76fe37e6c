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

/**
 * Where the load balancer of this lab can listen on 127.0.0.1. The same at each start, unless somebody else is
 * there; below the ports that the system gives to clients, so that nobody is there by chance when it starts
 * again. No two shares have a port in common.
 *
 * @throws Error when all are taken
 */
export async function freePortOf({ share }: LabPlace): Promise<number> {
  for (let port = firstPort + share; port < lastPort; port += loopbackShares) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${firstPort} and ${lastPort} is free on 127.0.0.1.`);
}

const [firstPort, lastPort] = [16_443, 17_443];

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

/** The last but one of the Services' range: the last that an apiserver would give out. */
function lastAddressOf(place: LabPlace): string {
  return (serviceRangesOf(place)[0] ?? '').replace(/0\.0\/\d+$/, '255.254');
}

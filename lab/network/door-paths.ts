/** Which connection of the lab's a door has made for which of the host's; the last ones that were. */
import type { Socket } from 'node:net';
import { formatEndpoint } from './endpoint.ts';

export interface DoorPaths {
  readonly note: (
    outer: Pick<Socket, 'remoteAddress' | 'remotePort'>,
    inner: Pick<Socket, 'localAddress' | 'localPort'>,
  ) => void;
  /** By the host's client, `127.0.0.1:54321`: where its connection comes from within. */
  innerOf(outer: string): string | undefined;
}

const mostKept = 1_024;

export function createDoorPaths(): DoorPaths {
  const known = new Map<string, string>();
  return {
    note: (outer, inner) => {
      const from = formatEndpoint(outer.remoteAddress ?? '', outer.remotePort ?? 0);
      // The latest of those that had this address, behind all others.
      known.delete(from);
      known.set(from, formatEndpoint(inner.localAddress ?? '', inner.localPort ?? 0));
      const [oldest] = known.keys();
      if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
    },
    innerOf: (outer) => known.get(outer),
  };
}

/** Doors on the host to load balancers of the lab's cloud: for whoever sits there, and is not in its networks. */
import { isIPv4 } from 'node:net';
import type { Cluster } from '../cluster.ts';
import type { Door } from '../network/door.ts';
import { formatEndpoint } from '../network/endpoint.ts';
import type { DoorProtocol } from '../network/messages.ts';

export interface ServiceDoor {
  /** `shop/front-public` */
  readonly service: string;
  readonly protocol: DoorProtocol;
  /** Where it is on the host, as `host:port`. */
  readonly address: string;
  /** What to type to see it answer. */
  readonly line: string;
}

export interface ServiceDoors extends AsyncDisposable {
  readonly doors: readonly ServiceDoor[];
}

interface Wanted {
  readonly service: string;
  readonly protocol: DoorProtocol;
  readonly port: number;
  readonly line: (door: Door) => string;
}

/** Of the lab's manifests: pages over TCP, and an echo over UDP. */
const wanted: readonly Wanted[] = [
  {
    service: 'shop/front-public',
    protocol: 'TCP',
    port: 80,
    line: ({ address }) => `curl http://${address}/`,
  },
  {
    service: 'platform/echo-public',
    protocol: 'UDP',
    port: 7,
    line: ({ address, port }) =>
      `echo whoami | nc -u -w 1 ${address.slice(0, address.lastIndexOf(':'))} ${port}`,
  },
];

/**
 * Those that have an address now; one that somebody has deleted has no door.
 *
 * @param pagesPort of the door to the pages; another where it is taken
 */
export async function openServiceDoors(
  lab: Pick<Cluster, 'loadBalancers' | 'openDoor'>,
  pagesPort = 0,
): Promise<ServiceDoors> {
  await using opening = new AsyncDisposableStack();
  const given = await lab.loadBalancers();
  const doors: ServiceDoor[] = [];
  for (const { service, protocol, port, line } of wanted) {
    const found = given.find((one) => one.service === service);
    const address = found?.addresses.find((one) => isIPv4(one));
    if (address === undefined) continue;
    const target = formatEndpoint(address, port);
    const wish = { protocol, port: protocol === 'TCP' ? pagesPort : 0 };
    const door = opening.use(
      await lab.openDoor(wish, target).catch((error: unknown) => {
        if (wish.port === 0 || !isPortInUse(error)) throw error;
        return lab.openDoor({ protocol }, target);
      }),
    );
    doors.push({ service, protocol, address: door.address, line: line(door) });
  }
  const opened = opening.move();
  return { doors, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** A load balancer of the lab's cloud as what readers send requests through: at a door on the host. */
import type { Lab } from '../../../lab/index.ts';
import type { ServiceDoor } from '../../../lab/cloud/service-doors.ts';
import type { LabNetwork } from './backend.ts';
import { gatherHops } from './gather-hops.ts';
import type { RunningProxy } from './running-proxy.ts';

/** Conntrack tells of a flow on its own way, a moment before or after the answer. */
const hopsWithinMs = 1500;

/**
 * The door makes a connection of its own, from the network that the client is in: that is what hops are told of.
 * Follows hops until it is disposed of.
 */
export async function openThroughCloud(
  { behindDoor, onHop }: Pick<Lab, 'behindDoor'> & Pick<LabNetwork, 'onHop'>,
  { address }: Pick<ServiceDoor, 'address'>,
): Promise<RunningProxy & Disposable> {
  const gathered = gatherHops({ onHop });
  await gathered.ready;
  const colon = address.lastIndexOf(':');
  return {
    address,
    hostname: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    tracedBy: 'connection',
    hops: {
      follow: (followed, tell) => ({
        complete: async () => {
          if (!('address' in followed)) return;
          const source = await behindDoor(followed.address);
          if (source === null) return;
          const flow = { protocol: 'TCP', source } as const;
          for (const hop of await gathered.throughCloud(flow, hopsWithinMs)) tell(hop);
        },
        [Symbol.dispose]: () => undefined,
      }),
    },
    [Symbol.dispose]: () => gathered[Symbol.dispose](),
  };
}

/** Makes the addresses of load balancers the machine's own, where it does not have them and we may. */
import { isIPv6 } from 'node:net';
import { openLocalAddresses, routeProtocols } from '../../kit/l4/local-addresses.ts';

export interface Announcing extends AsyncDisposable {
  /** @throws Error when the machine neither has one of them nor may be given it: then none is held */
  hold(addresses: readonly string[]): Promise<void>;
  release(addresses: readonly string[]): Promise<void>;
}

/** On Linux by routes of the kernel's local table, for which it also answers ARP; elsewhere nothing is done. */
export function openAnnouncing(): Announcing {
  const owned = new AsyncDisposableStack();
  const routeProtocol = routeProtocols.cloudLoadBalancer;
  const families = {
    IPv4: owned.use(openLocalAddresses({ family: 'IPv4', routeProtocol })),
    IPv6: owned.use(openLocalAddresses({ family: 'IPv6', routeProtocol })),
  };
  const each = async (
    addresses: readonly string[],
    run: (family: (typeof families)['IPv4'], own: readonly string[]) => Promise<void>,
  ) => {
    await run(
      families.IPv4,
      addresses.filter((address) => !isIPv6(address)),
    );
    await run(families.IPv6, addresses.filter(isIPv6));
  };
  const release = (addresses: readonly string[]) =>
    each(addresses, (family, own) => family.release(own));

  return {
    hold: async (addresses) => {
      try {
        await each(addresses, (family, own) => family.hold(own));
      } catch (cause) {
        await release(addresses).catch(() => undefined);
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(
          `${addresses.join(', ')} could not be added to this machine (${reason}): run this as root, ` +
            'or use addresses of the loopback: --address-pool 127.0.113.0/24',
          { cause },
        );
      }
    },
    release,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

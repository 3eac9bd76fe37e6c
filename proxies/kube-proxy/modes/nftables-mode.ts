/** The mode `nftables`: rules of the kernel, in the network namespace of this process. */
import type { ProxyMode } from './mode.ts';

/**
 * Loads what it needs, and asks whether it may: one connection serves both families.
 *
 * @throws Error with what to install, or which right is missing
 */
export async function loadNftablesMode(): Promise<ProxyMode> {
  const [{ openNftConnection }, { watchRuleset }, dataplanes, describing, cleanup, flows] =
    await Promise.all([
      import('../../kit/nftables/connection.ts'),
      import('../../kit/netlink/watch-ruleset.ts'),
      import('../nftables/nftables-dataplane.ts'),
      import('../nftables/describe.ts'),
      import('../conntrack/cleanup.ts'),
      import('../conntrack/flows.ts'),
    ]);
  const connection = await openNftConnection();
  const { netlinkPort } = connection;
  // Without the name of our own socket, each change of ours would look like somebody else's.
  const drift =
    netlinkPort === null
      ? {}
      : {
          watchRuleset: (onChange: Parameters<typeof watchRuleset>[1]) =>
            watchRuleset([netlinkPort], onChange),
        };
  return {
    name: 'nftables',
    createDataplane: (options) =>
      dataplanes.createNftablesDataplane({
        ...options,
        ...drift,
        connection,
        watchFlows: (listener) => flows.watchFlows(options.family, listener),
      }),
    describe: (family, ports) => describing.describePorts(connection, family, ports),
    cleanUpUdp: cleanup.deleteStaleUdp,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** A dataplane on nftables in memory, as the tests look at it. */
import { createFakeNft } from '../../../kit/nftables/fake.ts';
import { outcomeText, possibleOutcomes, type Packet } from '../../../kit/nftables/interpret.ts';
import type { Ruleset } from '../../../kit/nftables/model.ts';
import type { SyncResult } from '../../dataplane.ts';
import type { ServicePortState } from '../../service-port.ts';
import { nftFamily, tableName } from '../layout.ts';
import { createNftablesDataplane, type NftablesDataplaneOptions } from '../nftables-dataplane.ts';

const nodeIPs = { IPv4: '192.168.0.2', IPv6: 'fd00:192::2' } as const;

export async function fakeDataplane(
  options: Partial<NftablesDataplaneOptions> = {},
  nft = createFakeNft(),
) {
  const family = options.family ?? 'IPv4';
  const dataplane = await createNftablesDataplane({
    family,
    podCIDRs: [family === 'IPv4' ? '10.0.0.0/8' : 'fd00:10::/32'],
    nodePortIPs: [nodeIPs[family]],
    nodeIPs: [nodeIPs[family]],
    masqueradeBit: 14,
    masqueradeAll: false,
    log: () => undefined,
    connection: nft,
    ...options,
  });
  const ruleset = (): Ruleset => {
    const found = nft.ruleset(nftFamily(family), tableName);
    if (found === null) throw new Error('there is no table');
    return found;
  };
  const serviceCIDRs = [family === 'IPv4' ? '172.30.0.0/16' : 'fd00:172::/64'];
  return {
    dataplane,
    nft,
    ruleset,
    sync: (
      changed: readonly ServicePortState[],
      removed: readonly ServicePortState[] = [],
    ): Promise<SyncResult> =>
      dataplane.sync({ changed, removed: removed.map(({ key }) => key), serviceCIDRs }),
    /** What can become of a packet: `10.180.0.1:80 masqueraded`. */
    outcomes: (packet: Pick<Packet, 'saddr' | 'daddr' | 'from'> & Partial<Packet>) =>
      possibleOutcomes(ruleset(), {
        protocol: 'tcp',
        dport: 80,
        nodeIPs: [nodeIPs[family]],
        ...packet,
      }).map(outcomeText),
    keys: (collection: string) => [...(ruleset().elements.get(collection)?.keys() ?? [])],
    elements: (collection: string) =>
      [...(ruleset().elements.get(collection)?.values() ?? [])].map(
        ({ key, data, comment }) =>
          key + (comment === '' ? '' : ` "${comment}"`) + (data === '' ? '' : ` : ${data}`),
      ),
  };
}

/** Who else changes the ruleset of this network namespace, and which tables. */
import { accept, asLoaded, assemble, codes, refuse } from './filter.ts';
import { readNetfilter, type Attributes, type NetlinkMessage } from './message.ts';
import { openNetlinkSocket } from './socket.ts';

export interface RulesetChange {
  /** `nft[1234]`: the name of the thread and its id, as the kernel knows them; or `somebody`. */
  readonly who: string;
  /** `ip kube-proxy` of each that was touched; null where too much changed at once to be told. */
  readonly tables: ReadonlySet<string> | null;
}

const nftablesGroup = 7;
const nftablesSubsystem = 10;
const newGeneration = 15;
const portOffset = 12;
const tableAttribute = 1;
const generationAttributes = { processId: 2, processName: 3 } as const;
const familyNames: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

/**
 * Calls after each commit that was not made by one of ours. Our own commits are refused in the kernel:
 * a load of 100,000 elements is not read here.
 *
 * @param ours the netlink ports of our connections
 */
export async function watchRuleset(
  ours: readonly number[],
  onChange: (change: RulesetChange) => void,
): Promise<Disposable> {
  const socket = await openNetlinkSocket();
  let tables = new Set<string>();
  const tell = (change: RulesetChange) => {
    tables = new Set();
    onChange(change);
  };
  const take = (message: NetlinkMessage) => {
    if (message.type >> 8 !== nftablesSubsystem) return;
    const { family, attributes } = readNetfilter(message.payload);
    if ((message.type & 0xff) === newGeneration) tell({ who: committer(attributes), tables });
    else tables.add(`${familyNames[family] ?? family} ${text(attributes.get(tableAttribute))}`);
  };
  try {
    await socket.listen({
      groups: [nftablesGroup],
      filter: refuseFrom(ours),
      onMessages: (messages) => {
        if (messages === 'lost') tell({ who: 'somebody', tables: null });
        else messages.forEach(take);
      },
    });
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
  return socket;
}

function refuseFrom(ports: readonly number[]): Buffer {
  return assemble([
    [codes.loadWord, 0, 0, portOffset],
    ...ports.map(
      (port, index) => [codes.jumpIfEqual, ports.length - index, 0, asLoaded(port)] as const,
    ),
    accept,
    refuse,
  ]);
}

function committer(attributes: Attributes): string {
  const name = text(attributes.get(generationAttributes.processName));
  const id = attributes.get(generationAttributes.processId);
  if (name === '') return 'somebody';
  return id?.length === 4 ? `${name}[${id.readUInt32BE(0)}]` : name;
}

/** Without the 0 that ends it. */
function text(bytes: Buffer | undefined): string {
  return bytes?.toString('utf8').replace(/\0.*$/s, '') ?? '';
}

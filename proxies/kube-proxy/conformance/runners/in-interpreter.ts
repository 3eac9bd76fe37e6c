/** The dataplane's rules in memory, and an interpreter that says what they do: no kernel, no root. */
import { createFakeNft, type FakeNft } from '../../../kit/nftables/fake.ts';
import { possibleOutcomes, type Packet } from '../../../kit/nftables/interpret.ts';
import type { Dataplane } from '../../dataplane.ts';
import { nftFamily, tableName } from '../../nftables/layout.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import type { Transport } from '../../service-port.ts';
import type { Flow, Observed } from '../cases/case.ts';
import { backendText } from '../world/answer.ts';
import { placeOf } from '../world/places.ts';
import type { Subject, SubjectOptions } from './walk-case.ts';

interface Opened {
  readonly nft: FakeNft;
  readonly dataplane: Dataplane;
  readonly options: SubjectOptions;
}

export function inInterpreter(): Subject {
  let opened: Opened | undefined;
  const current = () => {
    if (opened === undefined) throw new Error('No case is open.');
    return opened;
  };
  return {
    open: async (_, options) => {
      const nft = createFakeNft();
      const log = () => undefined;
      const dataplane = await createNftablesDataplane({ ...options, connection: nft, log });
      opened = { nft, dataplane, options };
    },
    sync: async (change) => {
      await current().dataplane.sync(change);
    },
    look: (flow) => Promise.resolve(interpret(flow, current())),
    close: async () => {
      await opened?.dataplane[Symbol.asyncDispose]();
      opened = undefined;
    },
  };
}

function interpret(flow: Flow, { nft, options }: Opened): Observed {
  const ruleset = nft.ruleset(nftFamily(options.family), tableName);
  if (ruleset === null) return { is: 'failed', why: 'there is no table' };
  const outcomes = possibleOutcomes(ruleset, packetOf(flow, options));
  const [first, ...others] = outcomes;
  if (first?.kind === 'sent') {
    const sent = outcomes.filter((one) => one.kind === 'sent');
    const backends = sent.map(({ address, port }) => backendText(address, port));
    const { isMasqueraded } = first;
    const isOne = sent.length === outcomes.length;
    if (!isOne || sent.some((one) => one.isMasqueraded !== isMasqueraded)) {
      return { is: 'failed', why: JSON.stringify(outcomes) };
    }
    const { expect } = flow;
    const isWhole = expect.is === 'sticky' && expect.backends.length === backends.length;
    return { is: isWhole ? 'sticky' : 'forwarded', backends, isMasqueraded };
  }
  if (first === undefined || others.length > 0)
    return { is: 'failed', why: JSON.stringify(outcomes) };
  if (first.kind === 'drop') return { is: 'DROP' };
  return { is: first.kind === 'reject' ? 'REJECT' : 'untouched' };
}

function packetOf({ from, to, port, protocol }: Flow, { nodeIPs }: SubjectOptions): Packet {
  return {
    saddr: from,
    daddr: to,
    protocol: transports[protocol],
    dport: port,
    from: senderAt(from, nodeIPs),
    nodeIPs,
  };
}

const transports = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const satisfies Record<
  Transport,
  Packet['protocol']
>;

function senderAt(address: string, nodeIPs: readonly string[]): Packet['from'] {
  if (nodeIPs.includes(address)) return 'node';
  return placeOf(address) === 'outside' ? 'external' : 'pod';
}

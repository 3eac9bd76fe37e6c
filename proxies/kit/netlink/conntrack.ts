/** Connection tracking of this network namespace: what is there, ending one, learning of new ones. */
import { readFile } from 'node:fs/promises';
import {
  familyNumbers,
  readConntrackEntry,
  statusAttribute,
  statusBits,
  writeConntrackName,
  writeProtocolFilter,
  type ConntrackEntry,
  type ConntrackProtocol,
} from './conntrack-entry.ts';
import { accept, assemble, codes, findAttribute, refuse } from './filter.ts';
import { readNetfilter, type NetlinkMessage } from './message.ts';
import { NetlinkError, openNetlinkSocket, requestFlags } from './socket.ts';

const subsystem = 1;
const messageTypes = {
  new: subsystem << 8,
  get: (subsystem << 8) | 1,
  delete: (subsystem << 8) | 2,
};
const newGroup = 1;
const familyOffset = 16;
const attributesOffset = 20;
const attributeHeaderBytes = 4;
const eventsSetting = '/proc/sys/net/netfilter/nf_conntrack_events';

/** A batch is as many as one read gives: the event loop gets its turn between two. */
export async function* listConntrack(of: {
  readonly family: ConntrackEntry['family'];
  readonly protocol: ConntrackProtocol;
}): AsyncGenerator<readonly ConntrackEntry[]> {
  using socket = await openNetlinkSocket();
  const batches = socket.request({
    type: messageTypes.get,
    flags: requestFlags.request | requestFlags.dump,
    family: familyNumbers[of.family],
    attributes: writeProtocolFilter(of.protocol),
  });
  for (const messages of batches) {
    yield messages.flatMap(readEntry).filter(({ protocol }) => protocol === of.protocol);
    await new Promise(setImmediate);
  }
}

/** Deletes these very entries. @returns how many were still there */
export async function deleteConntrack(entries: readonly ConntrackEntry[]): Promise<number> {
  using socket = await openNetlinkSocket();
  let deleted = 0;
  for (const entry of entries) {
    try {
      const answer = socket.request({
        type: messageTypes.delete,
        flags: requestFlags.request | requestFlags.acknowledge,
        family: familyNumbers[entry.family],
        attributes: writeConntrackName(entry),
      });
      Array.from(answer);
      deleted += 1;
    } catch (error) {
      if (!(error instanceof NetlinkError && error.code === 'ENOENT')) throw error;
    }
  }
  return deleted;
}

/**
 * Calls with each new entry of the family whose destination was changed on the way (DNAT). The others are
 * refused in the kernel. On a machine in need some may be lost.
 *
 * @throws Error when the kernel does not tell
 */
export async function watchDestinationNat(
  family: ConntrackEntry['family'],
  onEntry: (entry: ConntrackEntry) => void,
): Promise<Disposable> {
  const setting = await readFile(eventsSetting, 'utf8').catch(() => '');
  if (setting.trim() === '0') {
    throw new Error('conntrack tells nothing: set net.netfilter.nf_conntrack_events to 1');
  }
  const socket = await openNetlinkSocket();
  try {
    await socket.listen({
      groups: [newGroup],
      filter: onlyDestinationNat(familyNumbers[family]),
      onMessages: (messages) => {
        if (messages !== 'lost') messages.flatMap(readEntry).forEach(onEntry);
      },
    });
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
  return socket;
}

function readEntry({ type, payload }: NetlinkMessage): readonly ConntrackEntry[] {
  if (type !== messageTypes.new) return [];
  const { family, attributes } = readNetfilter(payload);
  const entry = readConntrackEntry(family, attributes);
  return entry ? [entry] : [];
}

function onlyDestinationNat(family: number): Buffer {
  return assemble([
    [codes.loadByte, 0, 0, familyOffset],
    [codes.jumpIfEqual, 0, 6, family],
    [codes.loadImmediate, 0, 0, attributesOffset],
    [codes.loadIndexImmediate, 0, 0, statusAttribute],
    [codes.loadWord, 0, 0, findAttribute],
    // Not found is 0, and what is loaded next then has not the bit.
    [codes.toIndex, 0, 0, 0],
    [codes.loadWordAtIndex, 0, 0, attributeHeaderBytes],
    [codes.jumpIfSet, 1, 0, statusBits.destinationNat],
    refuse,
    accept,
  ]);
}

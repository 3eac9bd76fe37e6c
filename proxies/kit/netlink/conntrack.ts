/** Connection tracking of this network namespace: what is there, ending one, learning of new ones. */
import { readFile } from 'node:fs/promises';
import {
  familyNumbers,
  isAskedFor,
  readConntrackEntry,
  statusAttribute,
  statusBits,
  writeConntrackFilter,
  writeConntrackName,
  type ConntrackEntry,
  type ConntrackQuery,
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
const groups = { new: 1, update: 2, destroy: 3 } as const;
const familyOffset = 16;
const attributesOffset = 20;
const attributeHeaderBytes = 4;
const eventsSetting = '/proc/sys/net/netfilter/nf_conntrack_events';

/** A batch is as many as one read gives: the event loop gets its turn between two. */
export async function* listConntrack(
  query: ConntrackQuery,
): AsyncGenerator<readonly ConntrackEntry[]> {
  using socket = await openNetlinkSocket();
  const batches = socket.request({
    type: messageTypes.get,
    flags: requestFlags.request | requestFlags.dump,
    family: familyNumbers[query.family],
    attributes: writeConntrackFilter(query),
  });
  for (const messages of batches) {
    yield messages.flatMap(readNew).filter((entry) => isAskedFor(query, entry));
    await new Promise(setImmediate);
  }
}

/** Which of these are still there, or have a later one with the same addresses in their place. */
export async function findConntrack(
  entries: readonly ConntrackEntry[],
): Promise<readonly ConntrackEntry[]> {
  using socket = await openNetlinkSocket();
  return entries.filter((entry) => {
    try {
      const answer = socket.request({
        type: messageTypes.get,
        flags: requestFlags.request | requestFlags.acknowledge,
        family: familyNumbers[entry.family],
        attributes: writeConntrackName(entry),
      });
      Array.from(answer);
      return true;
    } catch (error) {
      if (error instanceof NetlinkError && error.code === 'ENOENT') return false;
      throw error;
    }
  });
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
export function watchDestinationNat(
  family: ConntrackEntry['family'],
  onEntry: (entry: ConntrackEntry) => void,
): Promise<Disposable> {
  return listenTo([groups.new], family, (messages) => {
    if (messages !== 'lost') messages.flatMap(readNew).forEach(onEntry);
  });
}

export interface ConntrackFollower {
  /** It is new, or its state has changed. */
  readonly onEntry: (entry: ConntrackEntry) => void;
  readonly onEnd: (entry: ConntrackEntry) => void;
  /** There was more to tell than fits: what is known may be wrong. */
  readonly onLost: () => void;
}

/**
 * Tells the lives of entries of the family whose destination was changed on the way (DNAT).
 *
 * @throws Error when the kernel does not tell
 */
export function followDestinationNat(
  family: ConntrackEntry['family'],
  { onEntry, onEnd, onLost }: ConntrackFollower,
): Promise<Disposable> {
  return listenTo([groups.new, groups.update, groups.destroy], family, (messages) => {
    if (messages === 'lost') {
      onLost();
      return;
    }
    for (const message of messages) {
      readNew(message).forEach(onEntry);
      if (message.type === messageTypes.delete) readEntry(message).forEach(onEnd);
    }
  });
}

async function listenTo(
  wanted: readonly number[],
  family: ConntrackEntry['family'],
  onMessages: (messages: readonly NetlinkMessage[] | 'lost') => void,
): Promise<Disposable> {
  const setting = await readFile(eventsSetting, 'utf8').catch(() => '');
  if (setting.trim() === '0') {
    throw new Error('conntrack tells nothing: set net.netfilter.nf_conntrack_events to 1');
  }
  const socket = await openNetlinkSocket();
  try {
    const filter = onlyDestinationNat(familyNumbers[family]);
    await socket.listen({ groups: wanted, filter, onMessages });
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
  return socket;
}

function readNew(message: NetlinkMessage): readonly ConntrackEntry[] {
  return message.type === messageTypes.new ? readEntry(message) : [];
}

function readEntry({ payload }: NetlinkMessage): readonly ConntrackEntry[] {
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

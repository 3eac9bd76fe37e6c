/** Packets that a rule with `log group` tells of: from where to where they are, and their mark. */
import { formatAddress } from './address.ts';
import { protocolNumbers, type ConntrackProtocol, type ConntrackTuple } from './conntrack-entry.ts';
import { accept, assemble } from './filter.ts';
import { readNetfilter, writeAttribute, type NetlinkMessage } from './message.ts';
import { openNetlinkSocket, requestFlags } from './socket.ts';

export interface LoggedPacket extends ConntrackTuple {
  readonly family: 'IPv4' | 'IPv6';
  readonly protocol: ConntrackProtocol;
  readonly mark: number;
}

const subsystem = 4;
const messageTypes = { packet: subsystem << 8, configure: (subsystem << 8) | 1 };
const configuration = { command: 1, mode: 2, timeout: 4, threshold: 5 } as const;
const bind = 1;
const copyPacket = 2;
const packetAttributes = { mark: 2, payload: 9 } as const;

const protocols = ['TCP', 'UDP', 'SCTP'] as const satisfies readonly ConntrackProtocol[];

/** An IPv6 header and the ports. */
const copiedBytes = 44;
/** The kernel tells so many at once, or those that came within so many hundredths of a second. */
const batch = { packets: 64, hundredths: 1 } as const;

/**
 * Calls with each TCP, UDP or SCTP packet that is told of from now on; those with IPv6 extension headers are left
 * out. Before and after, such a rule costs next to nothing. On a machine in need some may be lost.
 *
 * @throws Error when the kernel does not tell, or tells somebody else already
 */
export async function watchLog(
  group: number,
  onPacket: (packet: LoggedPacket) => void,
): Promise<Disposable> {
  const socket = await openNetlinkSocket();
  try {
    const configure = (...attributes: Buffer[]) => {
      const answer = socket.request({
        type: messageTypes.configure,
        flags: requestFlags.request | requestFlags.acknowledge,
        family: 0,
        resource: group,
        attributes: Buffer.concat(attributes),
      });
      Array.from(answer);
    };
    configure(writeAttribute(configuration.command, Buffer.from([bind])));
    configure(
      writeAttribute(configuration.mode, Buffer.from([...word(copiedBytes), copyPacket, 0])),
      writeAttribute(configuration.threshold, word(batch.packets)),
      writeAttribute(configuration.timeout, word(batch.hundredths)),
    );
    await socket.listen({
      groups: [],
      filter: assemble([accept]),
      onMessages: (messages) => {
        if (messages !== 'lost') messages.flatMap(readPacket).forEach(onPacket);
      },
    });
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
  return socket;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function readPacket(message: NetlinkMessage): readonly LoggedPacket[] {
  if (message.type !== messageTypes.packet) return [];
  const { attributes } = readNetfilter(message.payload);
  const payload = attributes.get(packetAttributes.payload);
  const mark = attributes.get(packetAttributes.mark);
  const read = payload && (payload[0] ?? 0) >> 4 === 6 ? readIPv6(payload) : readIPv4(payload);
  return read ? [{ ...read, mark: mark?.length === 4 ? mark.readUInt32BE(0) : 0 }] : [];
}

type Read = Omit<LoggedPacket, 'mark'>;

function readIPv4(bytes: Buffer | undefined): Read | null {
  if (!bytes || bytes.length < 20) return null;
  const headerBytes = (bytes.readUInt8(0) & 0xf) * 4;
  return readPorts(bytes, headerBytes, bytes.readUInt8(9), {
    family: 'IPv4',
    source: formatAddress(bytes.subarray(12, 16)),
    destination: formatAddress(bytes.subarray(16, 20)),
  });
}

function readIPv6(bytes: Buffer): Read | null {
  if (bytes.length < 40) return null;
  return readPorts(bytes, 40, bytes.readUInt8(6), {
    family: 'IPv6',
    source: formatAddress(bytes.subarray(8, 24)),
    destination: formatAddress(bytes.subarray(24, 40)),
  });
}

function readPorts(
  bytes: Buffer,
  at: number,
  number: number,
  addresses: Pick<Read, 'family' | 'source' | 'destination'>,
): Read | null {
  const protocol = protocols.find((name) => protocolNumbers[name] === number);
  if (!protocol || bytes.length < at + 4) return null;
  const ports = {
    sourcePort: bytes.readUInt16BE(at),
    destinationPort: bytes.readUInt16BE(at + 2),
  };
  return { ...addresses, ...ports, protocol };
}

/** An entry of the kernel's connection tracking, as netlink carries it. */
import { writeNative } from '../libc/libc.ts';
import { addressBytes, formatAddress } from './address.ts';
import { readAttributes, writeAttribute, type Attributes } from './message.ts';

export type ConntrackProtocol = 'TCP' | 'UDP' | 'SCTP';

export interface ConntrackTuple {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export interface ConntrackEntry {
  readonly family: 'IPv4' | 'IPv6';
  readonly protocol: ConntrackProtocol;
  /** As the first packet came. */
  readonly original: ConntrackTuple;
  /** As its answers come: from where the packet was sent to. */
  readonly reply: ConntrackTuple;
  readonly isSourceNat: boolean;
  readonly isDestinationNat: boolean;
  readonly mark: number;
  readonly zone: number;
  /** Of this entry alone: a later one of the same addresses has another. */
  readonly id: number;
  /** Seconds until it is forgotten, if no packet comes; absent where the kernel does not tell. */
  readonly expiresInS?: number;
  /** Of TCP; absent where the kernel does not tell. */
  readonly tcpState?: TcpState;
}

/** `enum tcp_conntrack`, by its numbers. */
const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;
export type TcpState = (typeof tcpStates)[number];

export const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132 } as const;
export const familyNumbers = { IPv4: 2, IPv6: 10 } as const;

const entryAttributes = {
  original: 1,
  reply: 2,
  status: 3,
  protocolInfo: 4,
  timeout: 7,
  mark: 8,
  id: 12,
  zone: 18,
} as const;
const tcpInfoAttributes = { tcp: 1, state: 1 } as const;
const tupleAttributes = { addresses: 1, protocol: 2 } as const;
const protocolAttributes = { number: 1, sourcePort: 2, destinationPort: 3 } as const;
const addressAttributes = {
  IPv4: { source: 1, destination: 2 },
  IPv6: { source: 3, destination: 4 },
} as const;
export const statusAttribute = entryAttributes.status;
export const statusBits = { sourceNat: 1 << 4, destinationNat: 1 << 5 } as const;

/**
 * @returns null for what has no ports, or is of another family
 * @throws Error when what every entry has is missing, or has another size
 */
export function readConntrackEntry(family: number, attributes: Attributes): ConntrackEntry | null {
  const familyName = nameOf(familyNumbers, family);
  const original = readAttributes(need(attributes, entryAttributes.original));
  const protocol = readAttributes(need(original, tupleAttributes.protocol));
  const protocolName = nameOf(
    protocolNumbers,
    need(protocol, protocolAttributes.number, 1).readUInt8(0),
  );
  if (!familyName || !protocolName) return null;
  const reply = readAttributes(need(attributes, entryAttributes.reply));
  const status = need(attributes, entryAttributes.status, 4).readUInt32BE(0);
  return {
    family: familyName,
    protocol: protocolName,
    original: readTuple(familyName, original),
    reply: readTuple(familyName, reply),
    isSourceNat: (status & statusBits.sourceNat) !== 0,
    isDestinationNat: (status & statusBits.destinationNat) !== 0,
    mark: optional(attributes, entryAttributes.mark, 4)?.readUInt32BE(0) ?? 0,
    zone: optional(attributes, entryAttributes.zone, 2)?.readUInt16BE(0) ?? 0,
    id: need(attributes, entryAttributes.id, 4).readUInt32BE(0),
    ...readExpiry(attributes),
    ...(protocolName === 'TCP' && readTcpState(attributes)),
  };
}

function readExpiry(attributes: Attributes): Pick<ConntrackEntry, 'expiresInS'> {
  const timeout = optional(attributes, entryAttributes.timeout, 4);
  return timeout ? { expiresInS: timeout.readUInt32BE(0) } : {};
}

function readTcpState(attributes: Attributes): Pick<ConntrackEntry, 'tcpState'> {
  const info = attributes.get(entryAttributes.protocolInfo);
  const tcp = info && readAttributes(info).get(tcpInfoAttributes.tcp);
  const number = tcp && optional(readAttributes(tcp), tcpInfoAttributes.state, 1)?.readUInt8(0);
  const tcpState = number === undefined ? undefined : tcpStates[number];
  return tcpState ? { tcpState } : {};
}

/** What names one entry, for the kernel. */
export function writeConntrackName(
  entry: Pick<ConntrackEntry, 'family' | 'protocol' | 'original' | 'zone' | 'id'>,
): Buffer {
  const numbers = addressAttributes[entry.family];
  const { source, destination, sourcePort, destinationPort } = entry.original;
  return Buffer.concat([
    writeAttribute(entryAttributes.original, [
      writeAttribute(tupleAttributes.addresses, [
        writeAttribute(numbers.source, addressBytes(source)),
        writeAttribute(numbers.destination, addressBytes(destination)),
      ]),
      writeAttribute(tupleAttributes.protocol, [
        writeAttribute(protocolAttributes.number, Buffer.from([protocolNumbers[entry.protocol]])),
        writeAttribute(protocolAttributes.sourcePort, bigEndian(sourcePort, 2)),
        writeAttribute(protocolAttributes.destinationPort, bigEndian(destinationPort, 2)),
      ]),
    ]),
    writeAttribute(entryAttributes.id, bigEndian(entry.id, 4)),
    ...(entry.zone === 0 ? [] : [writeAttribute(entryAttributes.zone, bigEndian(entry.zone, 2))]),
  ]);
}

/** Which entries are asked for. */
export interface ConntrackQuery {
  readonly family: ConntrackEntry['family'];
  readonly protocol: ConntrackProtocol;
  /** Where the first packet was sent to. */
  readonly destinationPort?: number;
  /** Who answers. */
  readonly backend?: { readonly address: string; readonly port: number };
}

export function isAskedFor(query: ConntrackQuery, entry: ConntrackEntry): boolean {
  const { destinationPort = entry.original.destinationPort, backend } = query;
  return (
    entry.family === query.family &&
    entry.protocol === query.protocol &&
    entry.original.destinationPort === destinationPort &&
    (!backend ||
      (entry.reply.source === backend.address && entry.reply.sourcePort === backend.port))
  );
}

/** `CTA_FILTER_F_CTA_*` */
const filterFlags = { source: 1, protocol: 1 << 3, sourcePort: 1 << 4, destinationPort: 1 << 5 };

/** Asks the kernel (since 5.8) for these alone; older ones list all. */
export function writeConntrackFilter(query: ConntrackQuery): Buffer {
  const filter = 25;
  const directions = { original: 1, reply: 2 } as const;
  const { family, protocol, destinationPort, backend } = query;
  const number = writeAttribute(
    protocolAttributes.number,
    Buffer.from([protocolNumbers[protocol]]),
  );
  const originalFlags =
    filterFlags.protocol | (destinationPort === undefined ? 0 : filterFlags.destinationPort);
  // Kernels up to at least 6.18 list those of every other IPv6 address instead: compared backwards.
  const isByAddress = family === 'IPv4';
  const replyFlags =
    filterFlags.protocol | filterFlags.sourcePort | (isByAddress ? filterFlags.source : 0);
  return Buffer.concat([
    writeAttribute(filter, [
      writeAttribute(directions.original, native(originalFlags)),
      ...(backend ? [writeAttribute(directions.reply, native(replyFlags))] : []),
    ]),
    writeAttribute(entryAttributes.original, [
      writeAttribute(tupleAttributes.protocol, [
        number,
        ...(destinationPort === undefined
          ? []
          : [writeAttribute(protocolAttributes.destinationPort, bigEndian(destinationPort, 2))]),
      ]),
    ]),
    ...(backend
      ? [
          writeAttribute(entryAttributes.reply, [
            ...(isByAddress
              ? [
                  writeAttribute(tupleAttributes.addresses, [
                    writeAttribute(addressAttributes[family].source, addressBytes(backend.address)),
                  ]),
                ]
              : []),
            writeAttribute(tupleAttributes.protocol, [
              number,
              writeAttribute(protocolAttributes.sourcePort, bigEndian(backend.port, 2)),
            ]),
          ]),
        ]
      : []),
  ]);
}

function readTuple(family: 'IPv4' | 'IPv6', tuple: Attributes): ConntrackTuple {
  const addresses = readAttributes(need(tuple, tupleAttributes.addresses));
  const protocol = readAttributes(need(tuple, tupleAttributes.protocol));
  const numbers = addressAttributes[family];
  const size = family === 'IPv4' ? 4 : 16;
  return {
    source: formatAddress(need(addresses, numbers.source, size)),
    sourcePort: need(protocol, protocolAttributes.sourcePort, 2).readUInt16BE(0),
    destination: formatAddress(need(addresses, numbers.destination, size)),
    destinationPort: need(protocol, protocolAttributes.destinationPort, 2).readUInt16BE(0),
  };
}

function need(attributes: Attributes, type: number, size?: number): Buffer {
  const value = optional(attributes, type, size);
  if (!value) throw new Error(`conntrack: attribute ${type} is missing`);
  return value;
}

function optional(attributes: Attributes, type: number, size?: number): Buffer | undefined {
  const value = attributes.get(type);
  if (value && size !== undefined && value.length !== size) {
    throw new Error(`conntrack: attribute ${type} has ${value.length} bytes`);
  }
  return value;
}

function native(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  writeNative(bytes, value, 0, 4);
  return bytes;
}

function bigEndian(value: number, size: 2 | 4): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

function nameOf<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  number: number,
): Name | undefined {
  for (const name in numbers) if (numbers[name] === number) return name;
  return undefined;
}

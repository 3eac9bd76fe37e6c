/**
 * An established SCTP association (RFC 9260, section 6): messages in order on their streams,
 * acknowledged, sent again when lost, cut into chunks and put together; heartbeats; the way to its end.
 * One path, no congestion control: it carries the lab's conversations, not bulk.
 */
import { chunk, chunkTypes, type Chunk } from '../../../proxies/kit/sctp/packet.ts';

export interface SctpMessage {
  readonly stream: number;
  /** What the application says that it is. */
  readonly protocol: number;
  readonly data: Buffer;
}

export interface AssociationOptions {
  /** Of the next chunk that is sent. */
  readonly ownTsn: number;
  /** Of the first chunk that will come. */
  readonly peerTsn: number;
  readonly transmit: (chunks: readonly Chunk[]) => void;
  readonly onMessage: (message: SctpMessage) => void;
  /** `shutdown` in order; `abort` by the peer; `lost` when nothing is acknowledged any more. */
  readonly onClosed: (how: 'shutdown' | 'abort' | 'lost') => void;
}

export interface Association {
  send(message: SctpMessage): void;
  /** Takes what the peer sent. */
  receive(chunk: Chunk): void;
  /** Ends in order, after what was sent has been acknowledged. */
  shutdown(): void;
  /** Ends at once, and says so. */
  abort(): void;
}

export const windowBytes = 256 * 1024;
const chunkPayloadBytes = 1200;
const dataHeaderBytes = 12;
const flags = { end: 1, begin: 2 } as const;
const retransmissionMs = 1000;
const maximumRetransmissions = 5;
/** Chunks that came before those they follow. */
const maximumEarly = 1024;

export function createAssociation(options: AssociationOptions): Association {
  const { transmit, onMessage, onClosed } = options;
  const outstanding = new Map<number, Chunk>();
  const early = new Map<number, Chunk>();
  const streamSequences = new Map<number, number>();
  let fragments: Buffer[] = [];
  let nextTsn = options.ownTsn;
  let received = plus(options.peerTsn, -1);
  let isEnding = false;
  let isClosed = false;
  let ending: Chunk | undefined;
  let retransmissions = 0;
  let timer: NodeJS.Timeout | undefined;

  const close = (how: 'shutdown' | 'abort' | 'lost') => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    onClosed(how);
  };

  const arm = () => {
    clearTimeout(timer);
    if (isClosed || (outstanding.size === 0 && !ending)) return;
    timer = setTimeout(retransmit, retransmissionMs * 2 ** retransmissions);
    timer.unref();
  };
  const retransmit = () => {
    retransmissions += 1;
    if (retransmissions > maximumRetransmissions) {
      close('lost');
      return;
    }
    for (const sent of outstanding.values()) transmit([sent]);
    if (ending) transmit([ending]);
    arm();
  };

  const receiveData = (data: Chunk) => {
    const tsn = data.value.readUInt32BE(0);
    if (isAfter(tsn, received) && early.size < maximumEarly) early.set(tsn, data);
    for (;;) {
      const next = early.get(plus(received, 1));
      if (!next) break;
      received = plus(received, 1);
      early.delete(received);
      deliver(next);
    }
    transmit([chunk(chunkTypes.sack, sackOf(received))]);
  };
  const deliver = ({ flags: cut, value }: Chunk) => {
    if (cut & flags.begin) fragments = [];
    fragments.push(value.subarray(dataHeaderBytes));
    if (!(cut & flags.end)) return;
    const data = Buffer.concat(fragments);
    fragments = [];
    onMessage({ stream: value.readUInt16BE(4), protocol: value.readUInt32BE(8), data });
  };

  const acknowledge = (upTo: number) => {
    for (const tsn of [...outstanding.keys()]) if (!isAfter(tsn, upTo)) outstanding.delete(tsn);
    retransmissions = 0;
    finish();
    arm();
  };
  /** The next step to the end, once everything has been acknowledged. */
  const finish = () => {
    if (!isEnding || ending || outstanding.size > 0) return;
    ending = chunk(chunkTypes.shutdown, tsnBytes(received));
    transmit([ending]);
    arm();
  };

  const answers: Readonly<Record<number, (asked: Chunk) => void>> = {
    [chunkTypes.data]: receiveData,
    [chunkTypes.sack]: ({ value }) => acknowledge(value.readUInt32BE(0)),
    [chunkTypes.heartbeat]: ({ value }) => transmit([chunk(chunkTypes.heartbeatAck, value)]),
    [chunkTypes.abort]: () => close('abort'),
    [chunkTypes.shutdown]: ({ value }) => {
      acknowledge(value.readUInt32BE(0));
      ending = chunk(chunkTypes.shutdownAck);
      transmit([ending]);
      arm();
    },
    [chunkTypes.shutdownAck]: () => {
      transmit([chunk(chunkTypes.shutdownComplete)]);
      close('shutdown');
    },
    [chunkTypes.shutdownComplete]: () => close('shutdown'),
    // Our COOKIE ACK was lost.
    [chunkTypes.cookieEcho]: () => transmit([chunk(chunkTypes.cookieAck)]),
  };

  return {
    send: ({ stream, protocol, data }) => {
      if (isEnding || isClosed) return;
      const sequence = streamSequences.get(stream) ?? 0;
      streamSequences.set(stream, (sequence + 1) & 0xffff);
      const count = Math.max(1, Math.ceil(data.length / chunkPayloadBytes));
      for (let index = 0; index < count; index += 1) {
        const header = Buffer.alloc(dataHeaderBytes);
        header.writeUInt32BE(nextTsn, 0);
        header.writeUInt16BE(stream, 4);
        header.writeUInt16BE(sequence, 6);
        header.writeUInt32BE(protocol, 8);
        const at = index * chunkPayloadBytes;
        const value = Buffer.concat([header, data.subarray(at, at + chunkPayloadBytes)]);
        const cut = (index === 0 ? flags.begin : 0) | (index === count - 1 ? flags.end : 0);
        const sent = chunk(chunkTypes.data, value, cut);
        outstanding.set(nextTsn, sent);
        nextTsn = plus(nextTsn, 1);
        transmit([sent]);
      }
      arm();
    },
    receive: (asked) => {
      if (isClosed || asked.value.length < (minimumBytes[asked.type] ?? 0)) return;
      answers[asked.type]?.(asked);
    },
    shutdown: () => {
      isEnding = true;
      finish();
    },
    abort: () => {
      if (!isClosed) transmit([chunk(chunkTypes.abort)]);
      close('abort');
    },
  };
}

/** Shorter ones are not understood, and not answered. */
const minimumBytes: Readonly<Record<number, number>> = {
  [chunkTypes.data]: dataHeaderBytes,
  [chunkTypes.sack]: 12,
  [chunkTypes.shutdown]: 4,
};

function sackOf(received: number): Buffer {
  const value = Buffer.alloc(12);
  value.writeUInt32BE(received, 0);
  value.writeUInt32BE(windowBytes, 4);
  return value;
}

function tsnBytes(tsn: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(tsn);
  return value;
}

/** Serial numbers: they wrap. */
function plus(tsn: number, count: number): number {
  return (tsn + count) >>> 0;
}

function isAfter(tsn: number, other: number): boolean {
  return tsn !== other && (tsn - other) >>> 0 < 0x80000000;
}

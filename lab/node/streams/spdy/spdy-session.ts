/**
 * The server's side of a SPDY/3.1 connection as Kubernetes uses it: the client opens all streams.
 *
 * Kubernetes' SPDY library neither sends nor obeys window updates, so flow is held back by the
 * connection itself: a stream that nobody reads stops the reading of them all.
 */
import type { Duplex } from 'node:stream';
import {
  createFrameReader,
  encodeControl,
  encodeData,
  finFlag,
  frameTypes,
  resetStatus,
  SpdyError,
  type Frame,
} from './frames.ts';
import { createHeaderCodec } from './header-block.ts';
import { SpdyStream, type SpdySender } from './spdy-stream.ts';

export interface SpdySession {
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  /** Says goodbye after what has been written; gives the client a moment to hang up first. */
  close(): void;
}

/** Payloads are cut to this length, so that streams share the connection fairly. */
const longestPiece = 64 * 1024;
const lingerMs = 3000;
const mostStreams = 1000;
/** While nothing is read, only writing tells that the client has gone. */
const pingMs = 5000;

/** @param onStream called for each stream that the client opens, before it is answered */
export function serveSpdy(
  transport: Duplex,
  head: Buffer,
  onStream: (stream: SpdyStream) => void,
): SpdySession {
  const codec = createHeaderCodec();
  const streams = new Map<number, SpdyStream>();
  const closed = Promise.withResolvers<undefined>();
  let lastStreamId = 0;
  let isClosing = false;

  const write = (bytes: Buffer, done?: (error?: Error) => void) => {
    if (transport.writable) transport.write(bytes, (error) => done?.(error ?? undefined));
    else done?.(new SpdyError('the connection is closed'));
  };
  const sender: SpdySender = {
    data: (id, payload, isLast, done) => {
      let from = 0;
      for (; payload.length - from > longestPiece; from += longestPiece) {
        write(encodeData(id, payload.subarray(from, from + longestPiece)));
      }
      write(encodeData(id, payload.subarray(from), isLast ? finFlag : 0), done);
    },
    reset: (id) => write(encodeControl(frameTypes.rstStream, numbers(id, resetStatus.cancel))),
  };
  const open = async (payload: Buffer, flags: number) => {
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    // The blocks share one dictionary: every one of them must be read, in its turn.
    const headers = await codec.decode(payload.subarray(10));
    if (id % 2 === 0 || id <= lastStreamId) throw new SpdyError(`stream ${id} cannot be opened`);
    lastStreamId = id;
    if (isClosing || streams.size >= mostStreams) {
      write(encodeControl(frameTypes.rstStream, numbers(id, resetStatus.refused)));
      return;
    }
    const stream = new SpdyStream(id, headers, sender);
    streams.set(id, stream);
    stream.once('close', () => streams.delete(id));
    const block = await codec.encode({});
    write(encodeControl(frameTypes.synReply, Buffer.concat([numbers(id), block])));
    onStream(stream);
    if (flags & finFlag) stream.endRemote();
  };
  const onControl = async ({ type, flags, payload }: Extract<Frame, { kind: 'control' }>) => {
    if (payload.length < 4) throw new SpdyError('a control frame is too short');
    if (type === frameTypes.synStream) {
      if (payload.length < 10) throw new SpdyError('a control frame is too short');
      await open(payload, flags);
    } else if (type === frameTypes.rstStream) {
      streams.get(payload.readUInt32BE(0) & 0x7fffffff)?.abort();
    } else if (type === frameTypes.ping) {
      // A client's pings have odd numbers; even ones would be answers to ours.
      if (payload.readUInt32BE(0) % 2 === 1) write(encodeControl(frameTypes.ping, payload));
    } else if (type === frameTypes.headers) {
      await codec.decode(payload.subarray(4));
      if (flags & finFlag) streams.get(payload.readUInt32BE(0) & 0x7fffffff)?.endRemote();
    }
    // SETTINGS, WINDOW_UPDATE, GOAWAY and what we do not know change nothing here.
  };
  const read = async () => {
    const frames = createFrameReader();
    const take = async (chunk: Buffer) => {
      for (const frame of frames(chunk)) {
        if (frame.kind === 'control') await onControl(frame);
        else await streams.get(frame.streamId)?.receive(frame.payload, isFin(frame.flags));
      }
    };
    if (head.length > 0) await take(head);
    for await (const chunk of transport) await take(chunk as Buffer);
  };
  let pings = 0;
  const pinging = setInterval(() => {
    // Ours have even numbers.
    pings = (pings + 2) % 0x7ffffffe;
    write(encodeControl(frameTypes.ping, numbers(pings)));
  }, pingMs);
  const end = () => {
    clearInterval(pinging);
    for (const stream of streams.values()) stream.abort();
    transport.destroy();
    codec.close();
    closed.resolve(undefined);
  };
  // However the reading ends, by the client's leave or its mistake, the connection is over.
  read().then(end, end);
  transport.once('close', end);

  return {
    closed: closed.promise,
    close: () => {
      if (isClosing) return;
      isClosing = true;
      write(encodeControl(frameTypes.goAway, numbers(lastStreamId, 0)));
      transport.end();
      const timer = setTimeout(() => transport.destroy(), lingerMs);
      void closed.promise.then(() => clearTimeout(timer));
    },
  };
}

function isFin(flags: number): boolean {
  return (flags & finFlag) !== 0;
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

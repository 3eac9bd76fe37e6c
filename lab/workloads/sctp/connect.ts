/** An SCTP client: opens an association, sends messages and receives them. */
import { randomInt } from 'node:crypto';
import {
  createAssociation,
  windowBytes,
  type Association,
  type SctpMessage,
} from './association.ts';
import { randomTag } from './listener.ts';
import {
  chunk,
  chunkTypes,
  decodeInit,
  decodePacket,
  encodeInit,
  encodePacket,
  type Chunk,
  type Packet,
} from '../../../proxies/kit/sctp/packet.ts';
import { openRawSocket } from '../../../proxies/kit/sctp/raw-socket.ts';

export interface SctpConnectOptions {
  /** The address to send from. */
  readonly from: string;
  readonly address: string;
  readonly port: number;
  readonly timeoutMs?: number;
}

export interface SctpConnection extends Disposable {
  readonly localPort: number;
  send(message: SctpMessage): void;
  /** The next message; rejects when the association ends before one comes. */
  receive(): Promise<SctpMessage>;
  /** Ends in order; resolves with how it ended. */
  shutdown(): Promise<string>;
}

const retryMs = 500;
const streams = 16;

/** @throws Error when nobody answers in time, or the peer aborts. */
export async function connectSctp(options: SctpConnectOptions): Promise<SctpConnection> {
  const { from, address, port, timeoutMs = 5000 } = options;
  const localPort = randomInt(32_768, 61_000);
  const ownTag = randomTag();
  const ownTsn = randomTag();
  const messages: SctpMessage[] = [];
  const established = Promise.withResolvers<undefined>();
  const closed = Promise.withResolvers<string>();
  let wake: (() => void) | undefined;
  let ended: string | undefined;
  let peerTag = 0;
  let association: Association | undefined;

  const send = (chunks: readonly Chunk[]) => {
    const ports = { sourcePort: localPort, destinationPort: port };
    socket.send(encodePacket({ ...ports, verificationTag: peerTag, chunks }), address);
  };
  const end = (how: string) => {
    ended ??= how;
    closed.resolve(ended);
    established.reject(new Error(`SCTP ${address}:${port}: ${ended}`));
    wake?.();
  };

  /** What is said again until it is answered: INIT, then COOKIE ECHO. */
  let request = chunk(
    chunkTypes.init,
    encodeInit({
      tag: ownTag,
      windowBytes,
      outboundStreams: streams,
      inboundStreams: streams,
      tsn: ownTsn,
    }),
  );
  const acceptCookie = ({ value }: Chunk) => {
    const init = decodeInit(value);
    if (!init?.cookie || association) return;
    peerTag = init.tag;
    association = createAssociation({
      ownTsn,
      peerTsn: init.tsn,
      transmit: send,
      onMessage: (message) => {
        messages.push(message);
        wake?.();
      },
      onClosed: end,
    });
    request = chunk(chunkTypes.cookieEcho, init.cookie);
    send([request]);
  };
  const take = ({ verificationTag, chunks }: Packet) => {
    for (const received of chunks) {
      const isReflected = received.type === chunkTypes.abort && (received.flags & 1) === 1;
      if (verificationTag !== (isReflected ? peerTag : ownTag)) continue;
      if (received.type === chunkTypes.initAck) acceptCookie(received);
      else if (received.type === chunkTypes.cookieAck) established.resolve(undefined);
      else if (association) association.receive(received);
      else if (received.type === chunkTypes.abort) end('abort');
    }
  };

  const socket = await openRawSocket(from, (bytes, peer) => {
    const packet = decodePacket(bytes);
    const isOurs = packet?.destinationPort === localPort && packet.sourcePort === port;
    if (packet && isOurs && peer === address) take(packet);
  });
  const retry = setInterval(() => send([request]), retryMs);
  const timer = setTimeout(() => end('no answer'), timeoutMs);
  try {
    send([request]);
    await established.promise;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  } finally {
    clearInterval(retry);
    clearTimeout(timer);
  }

  return {
    localPort,
    send: (message) => association?.send(message),
    receive: async () => {
      for (;;) {
        const next = messages.shift();
        if (next) return next;
        if (ended !== undefined) throw new Error(`SCTP ${address}:${port}: ${ended}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    shutdown: () => {
      association?.shutdown();
      return closed.promise;
    },
    [Symbol.dispose]: () => {
      association?.abort();
      socket[Symbol.dispose]();
    },
  };
}

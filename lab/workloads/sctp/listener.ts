/** An SCTP server on one address and port: takes associations, and hands their messages over. */
import { randomInt } from 'node:crypto';
import {
  createAssociation,
  windowBytes,
  type Association,
  type SctpMessage,
} from './association.ts';
import { createCookies, type Handshake } from './cookie.ts';
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

export interface SctpPeer {
  readonly address: string;
  readonly port: number;
}

export interface SctpListenerOptions {
  readonly address: string;
  readonly port: number;
  readonly onMessage: (
    message: SctpMessage,
    peer: SctpPeer,
    answer: (message: SctpMessage) => void,
  ) => void;
  readonly log: (line: string) => void;
}

export interface SctpListener extends Disposable {
  /** Ends every association in order; resolves when there are none. */
  drain(): Promise<void>;
}

/** With this flag an ABORT carries the tag of the packet it answers (RFC 9260, 8.4). */
const reflectedTag = 1;
const streams = 16;

/** @throws Error where raw sockets are not to be had. */
export async function listenSctp(options: SctpListenerOptions): Promise<SctpListener> {
  const { address, port, onMessage, log } = options;
  const associations = new Map<string, { association: Association; ownTag: number }>();
  const cookies = createCookies();
  let drained: (() => void) | undefined;

  const send = (peer: SctpPeer, verificationTag: number, chunks: readonly Chunk[]) => {
    const ports = { sourcePort: port, destinationPort: peer.port };
    try {
      socket.send(encodePacket({ ...ports, verificationTag, chunks }), peer.address);
    } catch (error) {
      log(String(error));
    }
  };

  const greet = (asked: Chunk, peer: SctpPeer) => {
    const init = decodeInit(asked.value);
    if (!init || init.tag === 0) return;
    const ownTag = randomTag();
    const ownTsn = randomTag();
    const handshake = { peerTag: init.tag, peerTsn: init.tsn, ownTag, ownTsn };
    const value = encodeInit({
      tag: ownTag,
      windowBytes,
      outboundStreams: Math.min(streams, init.inboundStreams),
      inboundStreams: streams,
      tsn: ownTsn,
      cookie: cookies.bake(handshake, nameOf(peer)),
    });
    send(peer, init.tag, [chunk(chunkTypes.initAck, value)]);
  };

  const establish = ({ peerTag, peerTsn, ownTag, ownTsn }: Handshake, peer: SctpPeer) => {
    const name = nameOf(peer);
    log(`${name} association established`);
    const association = createAssociation({
      ownTsn,
      peerTsn,
      transmit: (chunks) => send(peer, peerTag, chunks),
      onMessage: (message) => onMessage(message, peer, (answer) => association.send(answer)),
      onClosed: (how) => {
        log(`${name} association closed: ${how}`);
        associations.delete(name);
        if (associations.size === 0) drained?.();
      },
    });
    associations.set(name, { association, ownTag });
    send(peer, peerTag, [chunk(chunkTypes.cookieAck)]);
  };

  const take = ({ verificationTag, chunks }: Packet, peer: SctpPeer) => {
    const [first] = chunks;
    if (first?.type === chunkTypes.init) {
      if (!drained) greet(first, peer);
      return;
    }
    for (const received of chunks) {
      const known = associations.get(nameOf(peer));
      if (known?.ownTag === verificationTag) {
        known.association.receive(received);
      } else if (received.type === chunkTypes.cookieEcho) {
        const handshake = cookies.open(received.value, nameOf(peer));
        if (handshake?.ownTag === verificationTag) establish(handshake, peer);
      } else if (!isLastWord(received)) {
        // Somebody speaks of an association that is no more.
        send(peer, verificationTag, [chunk(chunkTypes.abort, undefined, reflectedTag)]);
        return;
      }
    }
  };

  const socket = await openRawSocket(address, (bytes, from) => {
    const packet = decodePacket(bytes);
    if (packet?.destinationPort === port) take(packet, { address: from, port: packet.sourcePort });
  });
  const all = () => [...associations.values()].map(({ association }) => association);
  return {
    drain: () =>
      new Promise((resolve) => {
        drained = resolve;
        if (associations.size === 0) resolve();
        for (const association of all()) association.shutdown();
      }),
    [Symbol.dispose]: () => {
      for (const association of all()) association.abort();
      socket[Symbol.dispose]();
    },
  };
}

function isLastWord({ type }: Chunk): boolean {
  return type === chunkTypes.abort || type === chunkTypes.shutdownComplete;
}

export function randomTag(): number {
  return randomInt(1, 0xffffffff);
}

function nameOf({ address, port }: SctpPeer): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

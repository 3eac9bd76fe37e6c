/** SCTP ports of this network namespace: one raw socket an address, whoever uses its ports. */
import { decodePacket, encodePacket, type Chunk, type Packet } from './packet.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';

export interface Received {
  readonly packet: Packet;
  readonly from: string;
  readonly send: SendFromPort;
}

export type SendFromPort = (
  port: number,
  tag: number,
  chunks: readonly Chunk[],
  address: string,
) => void;

export interface SctpPort extends AsyncDisposable {
  readonly send: SendFromPort;
}

export interface SctpPorts extends Disposable {
  /** @param onRefused is told when a packet of this port came to nobody */
  open(
    address: string,
    port: number,
    onPacket: (received: Received) => void,
    onRefused?: () => void,
  ): Promise<SctpPort>;
}

interface User {
  readonly onPacket: (packet: Packet, from: string) => void;
  readonly onRefused: (() => void) | undefined;
}

interface At {
  readonly socket: RawSocket;
  readonly users: Map<number, User>;
}

export function createSctpPorts(): SctpPorts {
  const sockets = new Map<string, Promise<At>>();
  const openAt = async (address: string): Promise<At> => {
    const users = new Map<number, User>();
    const socket = await openRawSocket(
      address,
      (bytes, from) => {
        const packet = decodePacket(bytes);
        if (packet) users.get(packet.destinationPort)?.onPacket(packet, from);
      },
      (sent) => users.get(sent.readUInt16BE(0))?.onRefused?.(),
    );
    return { socket, users };
  };
  return {
    open: async (address, port, onPacket, onRefused) => {
      const opening = sockets.get(address) ?? openAt(address);
      sockets.set(address, opening);
      const { socket, users } = await opening;
      const send: SendFromPort = (destinationPort, verificationTag, chunks, peer) => {
        const packet = { sourcePort: port, destinationPort, verificationTag, chunks };
        socket.send(encodePacket(packet), peer);
      };
      users.set(port, {
        onPacket: (packet, from) => onPacket({ packet, from, send }),
        onRefused,
      });
      return {
        send,
        [Symbol.asyncDispose]: () => {
          users.delete(port);
          return Promise.resolve();
        },
      };
    },
    [Symbol.dispose]: () => {
      for (const opening of sockets.values()) {
        void opening.then(({ socket }) => socket[Symbol.dispose]()).catch(() => undefined);
      }
    },
  };
}

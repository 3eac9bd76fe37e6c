/** Sends whole IP packets, whoever they say they are from. */
import { loadLibc, writeNative } from './libc.ts';
import { socketAddress, socketFamilies } from './socket-address.ts';

export interface RawSender extends Disposable {
  /**
   * @param packet with its IP header
   * @returns whether the kernel took it
   */
  send(packet: Buffer, to: string): boolean;
}

const rawType = 3;
const closeOnExec = 0x80000;
const rawProtocol = 255;
const markOption = { level: 1, name: 36 } as const;
const doNotWait = 0x40;

/**
 * @param mark what rules know its packets by
 * @throws Error where the process may not: CAP_NET_RAW and CAP_NET_ADMIN are needed
 */
export async function openRawSender(
  family: keyof typeof socketFamilies,
  mark: number,
): Promise<RawSender> {
  const libc = await loadLibc();
  const descriptor = libc.socket(socketFamilies[family], rawType | closeOnExec, rawProtocol);
  if (descriptor < 0) {
    throw new Error(`raw socket: ${libc.lastError()} (CAP_NET_RAW is needed)`);
  }
  const value = Buffer.alloc(4);
  writeNative(value, mark, 0, 4);
  if (libc.setsockopt(descriptor, markOption.level, markOption.name, value, 4) < 0) {
    const reason = libc.lastError();
    libc.close(descriptor);
    throw new Error(`mark of a raw socket: ${reason} (CAP_NET_ADMIN is needed)`);
  }
  return {
    send: (packet, to) => {
      const target = socketAddress(to);
      const sent = libc.sendto(descriptor, packet, packet.length, doNotWait, target, target.length);
      return Number(sent) >= 0;
    },
    [Symbol.dispose]: () => void libc.close(descriptor),
  };
}

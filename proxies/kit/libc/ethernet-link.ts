/** Sends whole Ethernet frames from a network interface. It receives none. */
import { loadLibc, readNative, writeNative } from './libc.ts';

export interface EthernetLink extends Disposable {
  /** The interface's own. */
  readonly address: Buffer;
  /** @param frame with its Ethernet header. @returns whether the kernel took it */
  send(frame: Buffer): boolean;
}

const packetFamily = 17;
const rawType = 3;
const closeOnExec = 0x80000;
const doNotWait = 0x40;
const ethernet = 1;

/**
 * @returns null where the interface is none of Ethernet's kind
 * @throws Error where there is no such interface, or the process may not: CAP_NET_RAW is needed
 */
export async function openEthernetLink(device: string): Promise<EthernetLink | null> {
  const libc = await loadLibc();
  const index = libc.if_nametoindex(device);
  if (index === 0) throw new Error(`there is no interface ${device}`);
  // Of protocol 0: no packet is handed to it.
  const descriptor = libc.socket(packetFamily, rawType | closeOnExec, 0);
  if (descriptor < 0) {
    throw new Error(`packet socket: ${libc.lastError()} (CAP_NET_RAW is needed)`);
  }
  const name = linkAddress(index);
  const nameLength = Buffer.alloc(4);
  writeNative(nameLength, name.length, 0, 4);
  const isBound =
    libc.bind(descriptor, name, name.length) === 0 &&
    libc.getsockname(descriptor, name, nameLength) === 0;
  if (!isBound) {
    const reason = libc.lastError();
    libc.close(descriptor);
    throw new Error(`packet socket on ${device}: ${reason}`);
  }
  if (readNative(name, hardwareAt, 2) !== ethernet) {
    libc.close(descriptor);
    return null;
  }
  const to = linkAddress(index);
  return {
    address: Buffer.from(name.subarray(addressAt, addressAt + 6)),
    send: (frame) =>
      Number(libc.sendto(descriptor, frame, frame.length, doNotWait, to, to.length)) >= 0,
    [Symbol.dispose]: () => void libc.close(descriptor),
  };
}

const hardwareAt = 8;
const addressAt = 12;

/** `sockaddr_ll` */
function linkAddress(index: number): Buffer {
  const name = Buffer.alloc(20);
  writeNative(name, packetFamily, 0, 2);
  writeNative(name, index, 4, 4);
  return name;
}

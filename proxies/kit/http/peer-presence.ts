/**
 * Whether a peer that sent its end still reads. A client that is gone and one that only finished
 * sending look alike in TCP, until something is written; on one machine the kernel knows better.
 */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** How often a peer that cannot be asked is probed: the kernel resets an abandoned connection. */
const probeMs = 15_000;

/** Calls `onGone` as soon as it is certain that nobody reads any more. */
export async function watchForAbsence(socket: Socket, onGone: () => void): Promise<void> {
  if (socket.remoteAddress === undefined) {
    // On a unix socket an empty write fails where the peer closed, and goes nowhere where it reads.
    socket.write('', (error) => {
      if (error) onGone();
    });
    return;
  }
  socket.setKeepAlive(true, probeMs);
  if (await isOrphaned(socket)) onGone();
}

/** On Linux the peer's end of a local connection is in the same table: without an inode once closed. */
async function isOrphaned(socket: Socket): Promise<boolean> {
  const { remoteAddress = '', remotePort = 0, localPort = 0 } = socket;
  const isIpv6 = remoteAddress.includes(':');
  try {
    const table = await readFile(isIpv6 ? '/proc/self/net/tcp6' : '/proc/self/net/tcp', 'latin1');
    const row = new RegExp(
      `:${hexPort(remotePort)} [0-9A-F]+:${hexPort(localPort)} \\S+(?: +\\S+){5} +(\\d+)`,
    );
    return row.exec(table)?.[1] === '0';
  } catch {
    return false;
  }
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

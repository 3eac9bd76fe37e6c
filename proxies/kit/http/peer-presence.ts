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
  const orphans = await (remoteAddress.includes(':') ? tcp6 : tcp).next();
  return orphans.has(`${remotePort} ${localPort}`);
}

/** Reads a table once for all who ask at a time: thousands of peers may go together. */
class OrphanTable {
  private readonly file: string;
  private reading: Promise<unknown> = Promise.resolve();
  private following: Promise<ReadonlySet<string>> | null = null;

  constructor(file: string) {
    this.file = file;
  }

  /** The orphans of a reading that begins after the question. */
  next(): Promise<ReadonlySet<string>> {
    this.following ??= this.reading.then(() => {
      this.following = null;
      const reading = this.read();
      this.reading = reading;
      return reading;
    });
    return this.following;
  }

  /** As `port peer-port` of each end that nobody holds any more. */
  private async read(): Promise<ReadonlySet<string>> {
    const orphans = new Set<string>();
    try {
      for (const row of (await readFile(this.file, 'latin1')).split('\n')) {
        const [, local = '', peer = '', , , , , , , inode] = row.trim().split(/ +/);
        if (inode === '0') orphans.add(`${portOf(local)} ${portOf(peer)}`);
      }
    } catch {
      // Elsewhere than on Linux nobody knows.
    }
    return orphans;
  }
}

const tcp = new OrphanTable('/proc/self/net/tcp');
const tcp6 = new OrphanTable('/proc/self/net/tcp6');

/** Of `0100007F:1F90`. */
function portOf(end: string): number {
  return Number.parseInt(end.slice(end.indexOf(':') + 1), 16);
}

/** What a client says first: a PROXY header or none, then TLS, or one line in the clear. */
import type { Socket } from 'node:net';

export interface FirstBytes {
  /** What the PROXY header says, in the words of version 1. */
  readonly announced: string | null;
  readonly isTls: boolean;
  /** Without its end; empty with TLS. */
  readonly line: string;
}

const v2Signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const handshake = 0x16;

/** Leaves on the socket what comes after. `null`: it ended before. */
export function readFirst(socket: Socket): Promise<FirstBytes | null> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const stop = () => {
      socket.off('data', read);
      socket.off('close', gone);
      socket.off('end', gone);
      socket.pause();
    };
    const gone = () => {
      stop();
      resolve(null);
    };
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const header = proxyHeader(bytes);
      if (header === 'more') return;
      const rest = bytes.subarray(header.length);
      if (rest.length === 0) return;
      const isTls = rest[0] === handshake;
      const end = isTls ? -1 : rest.indexOf('\n');
      if (!isTls && end === -1) return;
      stop();
      const after = rest.subarray(end + 1);
      if (after.length > 0) socket.unshift(after);
      const line = isTls ? '' : rest.toString('latin1', 0, end);
      resolve({ announced: header.announced, isTls, line });
    };
    socket.on('data', read);
    socket.once('close', gone);
    socket.once('end', gone);
  });
}

/** https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt */
function proxyHeader(bytes: Buffer): { announced: string | null; length: number } | 'more' {
  if (bytes.toString('latin1', 0, 6) === 'PROXY ') {
    const end = bytes.indexOf('\r\n');
    if (end === -1) return 'more';
    return { announced: bytes.toString('latin1', 6, end), length: end + 2 };
  }
  if (!bytes.subarray(0, 12).equals(v2Signature)) return { announced: null, length: 0 };
  if (bytes.length < 16) return 'more';
  const length = 16 + bytes.readUInt16BE(14);
  if (bytes.length < length) return 'more';
  const isLocal = bytes[12] === 0x20;
  return { announced: isLocal ? 'LOCAL' : announcedInV2(bytes), length };
}

function announcedInV2(bytes: Buffer): string {
  const isIPv6 = bytes[13] === 0x21;
  const size = isIPv6 ? 16 : 4;
  const address = (at: number) => {
    const part = bytes.subarray(at, at + size);
    if (!isIPv6) return part.join('.');
    const groups = Array.from({ length: 8 }, (_, index) =>
      part.readUInt16BE(2 * index).toString(16),
    );
    // The canonical text is what URLs have.
    return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
  };
  const ports = 16 + 2 * size;
  const words = [address(16), address(16 + size), bytes.readUInt16BE(ports)];
  return [isIPv6 ? 'TCP6' : 'TCP4', ...words, bytes.readUInt16BE(ports + 2)].join(' ');
}

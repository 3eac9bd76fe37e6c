/** For tests: ClientHellos, as clients send them. */
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** What Node says first to a server of this name. */
export function realHello(servername: string): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const transport = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      resolve(chunk);
      done();
    },
  });
  const socket = connect({ socket: transport, servername });
  socket.on('error', () => undefined);
  return promise.finally(() => socket.destroy());
}

/** A ClientHello with these extensions, of which only the numbers matter. */
export function helloWith(extensions: readonly number[]): Buffer {
  const list = Buffer.concat(extensions.map((type) => vector(2, [0], [type >> 8, type & 0xff])));
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    vector(1, []),
    vector(2, [0x13, 0x01]),
    vector(1, [0]),
    vector(2, list),
  ]);
  return record(vector(3, body, [1]));
}

/** In a record of handshake. */
export function record(message: Uint8Array): Buffer {
  return vector(2, message, [22, 3, 1]);
}

function vector(
  lengthSize: number,
  content: Iterable<number>,
  before: readonly number[] = [],
): Buffer {
  const bytes = Buffer.from([...content]);
  const length = Buffer.alloc(lengthSize);
  length.writeUIntBE(bytes.length, 0, lengthSize);
  return Buffer.concat([Buffer.from(before), length, bytes]);
}

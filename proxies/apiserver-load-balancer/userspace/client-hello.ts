/**
 * Whether what a client has said so far is a TLS ClientHello and no more: it asks for nothing, so that another
 * backend may be sent it when the first does not answer (RFC 8446 4.1.2, 5.1).
 */

/** `incomplete`: so far it may become one. `complete`: it is one, to the last byte. `other`: it is none. */
export type HelloVerdict = 'incomplete' | 'complete' | 'other';

const recordHeaderBytes = 5;
const messageHeaderBytes = 4;
const handshakeRecord = 22;
const clientHello = 1;
const recordLimitBytes = 1 << 14;
const earlyDataExtension = 42;

/**
 * A hello in several records, with early data, or with anything behind it is `other`.
 *
 * @example judgeHello(Buffer.from('GET / HTTP/1.1')) // 'other'
 */
export function judgeHello(bytes: Uint8Array): HelloVerdict {
  const [type, major, , lengthHigh, lengthLow, messageType] = bytes;
  if (type === undefined) return 'incomplete';
  if (type !== handshakeRecord || (major ?? 3) !== 3) return 'other';
  if (lengthHigh === undefined || lengthLow === undefined) return 'incomplete';
  const length = (lengthHigh << 8) | lengthLow;
  if (length < messageHeaderBytes || length > recordLimitBytes) return 'other';
  if ((messageType ?? clientHello) !== clientHello) return 'other';
  const endBytes = recordHeaderBytes + length;
  if (bytes.length > endBytes) return 'other';
  if (bytes.length < endBytes) return 'incomplete';
  return isWholeHello(new Reader(bytes.subarray(recordHeaderBytes))) ? 'complete' : 'other';
}

function isWholeHello(record: Reader): boolean {
  record.skip(1);
  const message = record.vector(3);
  if (!record.isAtEnd || !record.isWhole) return false;
  // The version, and the random number.
  message.skip(2 + 32);
  message.vector(1);
  message.vector(2);
  message.vector(1);
  const extensions = message.isAtEnd ? new Reader(new Uint8Array()) : message.vector(2);
  while (extensions.isWhole && !extensions.isAtEnd) {
    const type = extensions.number(2);
    extensions.vector(2);
    if (type === earlyDataExtension) return false;
  }
  return message.isAtEnd && message.isWhole && extensions.isWhole;
}

/** Reads on behind the end as zeros, and remembers it. */
class Reader {
  isWhole = true;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.bytes.length) this.isWhole = false;
  }

  number(size: number): number {
    let value = 0;
    for (let index = 0; index < size; index++) {
      value = (value << 8) | (this.bytes[this.at + index] ?? 0);
    }
    this.skip(size);
    return value;
  }

  /** With its length in so many bytes before it. */
  vector(lengthSize: number): Reader {
    const size = this.number(lengthSize);
    const from = this.at;
    this.skip(size);
    return new Reader(this.bytes.subarray(from, this.at));
  }
}

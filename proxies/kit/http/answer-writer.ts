/** Writes one answer to the client: its head with the first bytes of the body, each piece framed. */
import type { Socket } from 'node:net';
import type { BodyReader } from './body.ts';
import { chunkedEnd } from './chunked-end.ts';
import type { Header } from './head.ts';
import { detectContentType } from './sniff.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** How the body goes to the client. */
export type Delivery = 'none' | 'length' | 'chunked' | 'until-close';

export interface AnswerWriterOptions {
  /** The head without its empty line. */
  readonly head: string;
  readonly delivery: Delivery;
  /** The content type is missing and follows from the first bytes. */
  readonly mustSniff: boolean;
}

const endOfChunks = '0\r\n\r\n';

export class AnswerWriter {
  private readonly socket: Socket;
  private readonly delivery: Delivery;
  private readonly mustSniff: boolean;
  /** The head while it waits for the first bytes of the body, or ''. */
  private unsent: string;

  constructor(socket: Socket, { head, delivery, mustSniff }: AnswerWriterOptions) {
    this.socket = socket;
    this.delivery = delivery;
    this.mustSniff = mustSniff;
    this.unsent = head;
  }

  /** One write, in the memory the data was read into: head, frame, data and the end of the body. */
  writeInPlace(connection: UpstreamConnection, body: BodyReader, memory: Buffer): void {
    let from = body.dataStart;
    let to = body.dataEnd;
    // A stated length promises bytes to sniff: only an answer of unknown length goes on without.
    if (this.mustSniff && from === to && this.delivery === 'length' && !body.isComplete) return;
    const head = this.takeHead(memory.subarray(from, to));
    if (this.delivery === 'chunked') {
      if (to > from) {
        const size = `${(to - from).toString(16)}\r\n`;
        from -= size.length;
        memory.write(size, from, 'latin1');
        to += memory.write('\r\n', to, 'latin1');
      }
      const isEnd = body.isComplete && body.trailers.length === 0;
      if (isEnd) to += memory.write(endOfChunks, to, 'latin1');
    }
    if (head.length <= from) {
      from -= head.length;
      memory.write(head, from, 'latin1');
    } else {
      this.socket.write(head, 'latin1');
    }
    if (to > from) this.send(connection, memory.subarray(from, to));
    if (body.isComplete && body.trailers.length > 0) this.writeEnd(body.trailers);
  }

  /** Bytes that are nobody else's. Returns false when the client does not keep up. */
  write(data: Buffer): boolean {
    const isChunked = this.delivery === 'chunked';
    const size = isChunked ? `${data.length.toString(16)}\r\n` : '';
    const before = Buffer.from(this.takeHead(data) + size, 'latin1');
    this.socket.write(Buffer.concat([before, data, Buffer.from(isChunked ? '\r\n' : '')]));
    return !this.socket.writableNeedDrain;
  }

  /** The end of a body that does not state its length. */
  writeEnd(trailers: readonly Header[]): void {
    const end = this.delivery === 'chunked' ? chunkedEnd(trailers) : '';
    this.socket.write(this.takeHead(Buffer.alloc(0)) + end, 'latin1');
  }

  /** The whole head if it is still to be sent, else ''. */
  private takeHead(data: Buffer): string {
    if (this.unsent === '') return '';
    const type =
      this.mustSniff && data.length > 0 ? `Content-Type: ${detectContentType(data)}\r\n` : '';
    const head = `${this.unsent}${type}\r\n`;
    this.unsent = '';
    return head;
  }

  private send(connection: UpstreamConnection, bytes: Buffer): void {
    this.socket.write(bytes);
    if (this.socket.writableLength > 0) connection.lend();
    if (this.socket.writableNeedDrain) connection.pause();
  }
}

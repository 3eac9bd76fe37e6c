/**
 * What a client sends behind the head of its upgrade request: first the body it has stated, which belongs
 * to the request; then bytes of the other protocol, which wait until the target speaks it too. Else
 * a target that refuses would read them as another request.
 */
import { readBody } from '../kit/http/body.ts';
import type { BodyReader } from '../kit/http/body.ts';
import { chunkedEnd } from '../kit/http/chunked-end.ts';
import type { Framing } from '../kit/http/framing.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';

/** More is not taken from the client before the answer. */
const maximumWaitingBytes = 65_536;

export class EarlyBytes {
  private readonly body: BodyReader;
  private readonly isChunked: boolean;
  private readonly connection: UpstreamConnection;
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;

  constructor(framing: Framing, connection: UpstreamConnection) {
    this.body = readBody(framing);
    this.isChunked = framing.kind === 'chunked';
    this.connection = connection;
  }

  /** What is wrong with the body, in Go's words. */
  get fault(): string | null {
    return this.body.fault;
  }

  /** Returns whether the client may go on. */
  take(chunk: Buffer): boolean {
    const start = this.body.isComplete ? 0 : this.sendBody(chunk);
    if (start < chunk.length) this.waiting.push(chunk.subarray(start));
    this.waitingBytes += chunk.length - start;
    const { socket } = this.connection;
    return this.waitingBytes < maximumWaitingBytes && !socket.writableNeedDrain;
  }

  /** The bytes of the other protocol, which are the caller's from now on. */
  drain(): readonly Buffer[] {
    this.waitingBytes = 0;
    return this.waiting.splice(0);
  }

  /** Returns where the body ends. */
  private sendBody(chunk: Buffer): number {
    const { body } = this;
    body.read(chunk, 0, chunk.length);
    const data = chunk.subarray(body.dataStart, body.dataEnd);
    const { socket } = this.connection;
    socket.cork();
    if (data.length > 0) {
      if (this.isChunked) socket.write(`${data.length.toString(16)}\r\n`, 'latin1');
      socket.write(data);
      if (this.isChunked) socket.write('\r\n', 'latin1');
    }
    if (this.isChunked && body.isComplete) socket.write(chunkedEnd([]), 'latin1');
    socket.uncork();
    return body.next;
  }
}

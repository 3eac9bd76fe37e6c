/** Brings the upstream's answer to the client: new head, same body, byte for byte as it comes. */
import type { Socket } from 'node:net';
import { readBody } from '../kit/http/body.ts';
import type { BodyReader } from '../kit/http/body.ts';
import { isBodyAllowed, responseFraming } from '../kit/http/framing.ts';
import { headerValue, parseResponseHead } from '../kit/http/head.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { HeadCollector } from '../kit/http/head-collector.ts';
import { hasToken } from '../kit/http/hop-by-hop.ts';
import { detectContentType } from '../kit/http/sniff.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { answerHead, chunkedEnd, echoHead, interimHead } from './answer-lines.ts';
import type { Delivery } from './answer-lines.ts';
import type { ClientConnection } from './client-connection.ts';
import type { ClientRequest, Persistence } from './client-request.ts';
import { createDecompression } from './decompression.ts';
import type { Decompression } from './decompression.ts';

export interface RelayEvents {
  /** The final head arrived; nothing of it has been sent yet. */
  onHead(head: ResponseHead): void;
  /** The whole answer is with the client. `surplus` is what the upstream sent behind it. */
  onComplete(outcome: { isLast: boolean; canReuse: boolean; surplus: string }): void;
  /** Not HTTP, or not in one reading only. Go's text. */
  onMalformed(fault: string): void;
  /** The body breaks off; the client already has a part of the answer. */
  onBroken(fault: string): void;
}

/**
 * `answer`: as Go's server writes an answer. `echo`: the upstream's own head, as a refused upgrade is
 * passed on; the connection ends with it.
 */
type Manner = 'answer' | 'echo';

/** Go's limit for a response head. */
const maximumHeadBytes = 10 << 20;
const endOfChunks = '0\r\n\r\n';

export class ResponseRelay {
  receivedBytes = 0;
  /** The proxy asked for gzip, not the client. */
  mayDecode = false;
  private readonly client: ClientConnection;
  private readonly socket: Socket;
  private readonly request: ClientRequest;
  private readonly events: RelayEvents;
  private readonly manner: Manner;
  private readonly heads = new HeadCollector();
  private head: ResponseHead | null = null;
  private body: BodyReader | null = null;
  private delivery: Delivery = 'none';
  private persistence: Persistence = { line: '', isLast: false };
  private canReuse = false;
  /** The client's head while it waits for its first body bytes, or ''. */
  private unsent = '';
  private mustSniff = false;
  private decompression: Decompression | null = null;
  private connection: UpstreamConnection | null = null;

  constructor(
    client: ClientConnection,
    request: ClientRequest,
    events: RelayEvents,
    manner: Manner = 'answer',
  ) {
    this.manner = manner;
    this.client = client;
    this.socket = client.socket;
    this.request = request;
    this.events = events;
  }

  /** Whether the client has been sent anything of the final answer. */
  get hasStarted(): boolean {
    return this.head !== null;
  }

  /** Takes what the upstream sent, and sends the client what it makes of it. */
  take(connection: UpstreamConnection, memory: Buffer, start: number, end: number): void {
    this.receivedBytes += end - start;
    this.connection = connection;
    const at = this.body === null ? this.takeHeads(memory, start, end) : start;
    if (this.body !== null) this.takeBody(connection, this.body, memory, at, end);
  }

  /** The upstream closed in order. */
  takeEnd(): void {
    if (this.head === null) {
      this.events.onMalformed(
        this.receivedBytes === 0
          ? 'EOF'
          : 'net/http: HTTP/1.x transport connection broken: unexpected EOF',
      );
    } else if (this.body?.isComplete === true) {
      // The last bytes are still being decoded.
    } else if (this.body?.remaining === Number.POSITIVE_INFINITY) {
      this.canReuse = false;
      if (this.decompression === null) this.finishBody('');
      else this.decompression.end();
    } else {
      this.events.onBroken('unexpected EOF');
    }
  }

  /** The client took what it was sent. */
  drained(): void {
    this.decompression?.resume();
  }

  destroy(): void {
    this.decompression?.destroy();
  }

  /** Takes interim heads and the final one; returns where the body begins. */
  private takeHeads(memory: Buffer, start: number, end: number): number {
    let at = start;
    do {
      at = this.heads.take(memory, at, end);
      if (at === -1) {
        if (this.heads.waiting > maximumHeadBytes) {
          this.events.onMalformed(
            `net/http: server response headers exceeded ${maximumHeadBytes} bytes; aborted`,
          );
        }
        return end;
      }
    } while (this.takeHead() && at < end);
    return at;
  }

  /** Returns whether another head follows. */
  private takeHead(): boolean {
    const head = parseResponseHead(this.heads.text);
    if ('malformed' in head) return this.malformed(head.malformed);
    if (head.status === 101) {
      const protocol = JSON.stringify(headerValue(head.headers, 'upgrade') ?? '');
      this.events.onMalformed(`backend tried to switch protocol ${protocol} when "" was requested`);
      return false;
    }
    if (head.status < 200) {
      if (this.request.head.minorVersion === 1) this.socket.write(interimHead(head), 'latin1');
      return true;
    }
    this.accept(head);
    return false;
  }

  /** Takes a final head; what is taken next is its body. Returns whether it can be relayed. */
  accept(head: ResponseHead): boolean {
    const framing = responseFraming(head, this.request.head.method);
    if ('malformed' in framing) return this.malformed(framing.malformed);

    this.events.onHead(head);
    this.head = head;
    const isDecoded =
      this.mayDecode &&
      framing.kind !== 'none' &&
      headerValue(head.headers, 'content-encoding')?.toLowerCase() === 'gzip';
    this.body = readBody(framing);
    this.canReuse =
      head.minorVersion === 1 &&
      framing.kind !== 'until-close' &&
      !hasToken(head.headers, 'connection', 'close');
    if (framing.kind === 'none') this.delivery = 'none';
    else if (framing.kind === 'length' && !isDecoded) this.delivery = 'length';
    else if (this.manner === 'echo') this.delivery = framing.kind;
    else this.delivery = this.request.head.minorVersion === 1 ? 'chunked' : 'until-close';
    const hasKnownEnd = this.delivery === 'none' || this.delivery === 'length';
    this.persistence =
      this.manner === 'echo'
        ? { line: '', isLast: true }
        : this.client.persistence(this.request, head.status, hasKnownEnd);
    this.unsent =
      this.manner === 'echo'
        ? echoHead(head, this.delivery)
        : answerHead(head, this.request, {
            framing,
            delivery: this.delivery,
            isDecoded,
            connection: this.persistence.line,
          });
    this.mustSniff =
      this.manner === 'answer' &&
      this.delivery !== 'none' &&
      isBodyAllowed(head.status) &&
      headerValue(head.headers, 'content-type') === null &&
      (headerValue(head.headers, 'content-encoding') ?? '') === '';
    if (isDecoded) this.decompression = this.startDecompression();
    return true;
  }

  private takeBody(
    connection: UpstreamConnection,
    body: BodyReader,
    memory: Buffer,
    start: number,
    end: number,
  ): void {
    body.read(memory, start, end);
    const surplus =
      body.isComplete && body.next < end ? memory.toString('latin1', body.next, end) : '';
    if (this.decompression !== null) {
      const data = memory.subarray(body.dataStart, body.dataEnd);
      if (data.length > 0 && !this.decompression.write(data)) connection.pause();
      if (body.isComplete) this.decompression.end();
    } else {
      this.deliver(connection, body, memory);
    }
    if (body.fault !== null) this.events.onBroken(body.fault);
    else if (body.isComplete && this.decompression === null) this.finishBody(surplus);
    else if (surplus !== '') this.canReuse = false;
  }

  /** One write: the head (if it waits), the frame, the data and the end, in the memory they were read into. */
  private deliver(connection: UpstreamConnection, body: BodyReader, memory: Buffer): void {
    let from = body.dataStart;
    let to = body.dataEnd;
    // A stated length promises bytes to sniff: only an answer of unknown length goes on without.
    if (this.mustSniff && from === to && this.delivery === 'length' && !body.isComplete) return;
    const head = this.takeUnsent(memory.subarray(from, to));
    if (this.delivery === 'chunked') {
      if (to > from) {
        const size = `${(to - from).toString(16)}\r\n`;
        from -= size.length;
        memory.write(size, from, 'latin1');
        to += memory.write('\r\n', to, 'latin1');
      }
      if (body.isComplete && body.trailers.length === 0)
        to += memory.write(endOfChunks, to, 'latin1');
    }
    if (head !== '') {
      if (head.length <= from) {
        from -= head.length;
        memory.write(head, from, 'latin1');
      } else {
        this.socket.write(head, 'latin1');
      }
    }
    if (to > from) this.send(connection, memory.subarray(from, to));
    if (body.isComplete && this.delivery === 'chunked' && body.trailers.length > 0) {
      this.socket.write(chunkedEnd(body.trailers), 'latin1');
    }
  }

  /** The client's whole head if it is still to be sent, else ''. */
  private takeUnsent(data: Buffer): string {
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

  private finishBody(surplus: string): void {
    if (this.delivery === 'chunked' && this.body?.remaining === Number.POSITIVE_INFINITY) {
      this.socket.write(endOfChunks, 'latin1');
    }
    this.events.onComplete({
      isLast: this.persistence.isLast,
      canReuse: this.canReuse && surplus === '',
      surplus,
    });
  }

  private malformed(fault: string): false {
    this.events.onMalformed(`net/http: HTTP/1.x transport connection broken: ${fault}`);
    return false;
  }

  private startDecompression(): Decompression {
    const isChunked = this.delivery === 'chunked';
    const decompression = createDecompression({
      onData: (data) => {
        const size = isChunked ? `${data.length.toString(16)}\r\n` : '';
        const before = Buffer.from(this.takeUnsent(data) + size, 'latin1');
        this.socket.write(Buffer.concat([before, data, Buffer.from(isChunked ? '\r\n' : '')]));
        if (this.socket.writableNeedDrain) decompression.pause();
      },
      onEnd: () => {
        const end = isChunked ? chunkedEnd(this.body?.trailers ?? []) : '';
        this.socket.write(this.takeUnsent(Buffer.alloc(0)) + end, 'latin1');
        this.events.onComplete({
          isLast: this.persistence.isLast,
          canReuse: this.canReuse && this.body?.isComplete === true,
          surplus: '',
        });
      },
      onDrain: () => this.connection?.resume(),
      onError: (error) => this.events.onBroken(`gzip: ${error.message}`),
    });
    return decompression;
  }
}

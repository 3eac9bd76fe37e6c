/** Brings the upstream's answer to the client: new head, same body, byte for byte as it comes. */
import { readBody } from '../kit/http/body.ts';
import type { BodyReader } from '../kit/http/body.ts';
import { responseFraming } from '../kit/http/framing.ts';
import type { Framing } from '../kit/http/framing.ts';
import { headerValue, parseResponseHead } from '../kit/http/head.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { HeadCollector } from '../kit/http/head-collector.ts';
import { hasToken } from '../kit/http/hop-by-hop.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { answerHead, echoHead, interimHead } from './answer-lines.ts';
import type { Delivery } from './answer-lines.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { ClientConnection } from './client-connection.ts';
import type { ClientRequest } from './client-request.ts';
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

export class ResponseRelay {
  receivedBytes = 0;
  /** The proxy asked for gzip, not the client. */
  mayDecode = false;
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private readonly events: RelayEvents;
  private readonly manner: Manner;
  private readonly heads = new HeadCollector();
  private head: ResponseHead | null = null;
  private body: BodyReader | null = null;
  /** The client's connection ends with this answer. */
  private isLast = false;
  private canReuse = false;
  private writer: AnswerWriter | null = null;
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
      if (this.decompression !== null) {
        this.decompression.end();
      } else {
        this.writer?.writeEnd([]);
        this.complete('');
      }
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
      if (this.request.head.minorVersion === 1)
        this.client.socket.write(interimHead(head), 'latin1');
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
    this.body = readBody(framing);
    this.canReuse =
      head.minorVersion === 1 &&
      framing.kind !== 'until-close' &&
      !hasToken(head.headers, 'connection', 'close');
    const coding = headerValue(head.headers, 'content-encoding') ?? '';
    const isDecoded = this.mayDecode && framing.kind !== 'none' && coding.toLowerCase() === 'gzip';
    this.writer =
      this.manner === 'echo'
        ? this.startEcho(head, framing.kind)
        : this.startAnswer(head, framing, isDecoded);
    if (isDecoded) this.decompression = this.startDecompression(this.writer);
    return true;
  }

  private startEcho(head: ResponseHead, delivery: Delivery): AnswerWriter {
    this.isLast = true;
    return new AnswerWriter(this.client.socket, {
      head: echoHead(head, delivery),
      delivery,
      mustSniff: false,
    });
  }

  private startAnswer(head: ResponseHead, framing: Framing, isDecoded: boolean): AnswerWriter {
    const { minorVersion } = this.request.head;
    const isUnknown = framing.kind === 'chunked' || framing.kind === 'until-close' || isDecoded;
    const delivery = !isUnknown ? framing.kind : minorVersion === 1 ? 'chunked' : 'until-close';
    const { line, isLast } = this.client.persistence(this.request, head.status, !isUnknown);
    this.isLast = isLast;
    return new AnswerWriter(this.client.socket, {
      head: answerHead(head, this.request, { framing, delivery, isDecoded, connection: line }),
      delivery,
      mustSniff:
        delivery !== 'none' &&
        headerValue(head.headers, 'content-type') === null &&
        (isDecoded || (headerValue(head.headers, 'content-encoding') ?? '') === ''),
    });
  }

  private takeBody(
    connection: UpstreamConnection,
    body: BodyReader,
    memory: Buffer,
    start: number,
    end: number,
  ): void {
    body.read(memory, start, end);
    const isSurplus = body.isComplete && body.next < end;
    const surplus = isSurplus ? memory.toString('latin1', body.next, end) : '';
    if (this.decompression !== null) {
      const data = memory.subarray(body.dataStart, body.dataEnd);
      if (data.length > 0 && !this.decompression.write(data)) connection.pause();
      if (body.isComplete) this.decompression.end();
      if (isSurplus) this.canReuse = false;
    } else {
      this.writer?.writeInPlace(connection, body, memory);
    }
    if (body.fault !== null) this.events.onBroken(body.fault);
    else if (body.isComplete && this.decompression === null) this.complete(surplus);
  }

  private complete(surplus: string): void {
    const canReuse = this.canReuse && surplus === '';
    this.events.onComplete({ isLast: this.isLast, canReuse, surplus });
  }

  private malformed(fault: string): false {
    this.events.onMalformed(`net/http: HTTP/1.x transport connection broken: ${fault}`);
    return false;
  }

  private startDecompression(writer: AnswerWriter): Decompression {
    const decompression = createDecompression({
      onData: (data) => {
        if (!writer.write(data)) decompression.pause();
      },
      onEnd: () => {
        writer.writeEnd(this.body?.trailers ?? []);
        this.complete('');
      },
      onDrain: () => this.connection?.resume(),
      onError: (error) => this.events.onBroken(`gzip: ${error.message}`),
    });
    return decompression;
  }
}

/** Brings the upstream's answer to the client: new head, same body, byte for byte as it comes. */
import { AnswerWriter } from '../kit/http/answer-writer.ts';
import type { BodyReader } from '../kit/http/body.ts';
import { createDecompression } from '../kit/http/decompression.ts';
import type { Decompression } from '../kit/http/decompression.ts';
import type { Framing } from '../kit/http/framing.ts';
import { headerValue } from '../kit/http/head.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { ResponseReader } from '../kit/http/response-reader.ts';
import type { ResponseEnd } from '../kit/http/response-reader.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { answerHead, interimHead } from './answer-lines.ts';
import type { ClientConnection } from './client-connection.ts';
import type { ClientRequest } from './client-request.ts';

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

export class ResponseRelay {
  /** The proxy asked for gzip, not the client. */
  mayDecode = false;
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private readonly events: RelayEvents;
  private readonly reader: ResponseReader;
  /** The client's connection ends with this answer. */
  private isLast = false;
  /** How the upstream's part ended, while the last bytes are still being decoded. */
  private ended: ResponseEnd | null = null;
  private writer: AnswerWriter | null = null;
  private decompression: Decompression | null = null;
  private connection: UpstreamConnection | null = null;

  constructor(client: ClientConnection, request: ClientRequest, events: RelayEvents) {
    this.client = client;
    this.request = request;
    this.events = events;
    this.reader = new ResponseReader(request.head.method, {
      onInterim: (head) => this.passInterim(head),
      onHead: (head, framing) => this.start(head, framing),
      onBody: (body, memory) => this.passBody(body, memory),
      onEnd: (end) => this.passEnd(end),
      onMalformed: (fault) => events.onMalformed(fault),
      onBroken: (fault) => events.onBroken(fault),
    });
  }

  get receivedBytes(): number {
    return this.reader.receivedBytes;
  }

  /** Whether the client has been sent anything of the final answer. */
  get hasStarted(): boolean {
    return this.reader.hasStarted;
  }

  /** Takes what the upstream sent, and sends the client what it makes of it. */
  take(connection: UpstreamConnection, memory: Buffer, start: number, end: number): void {
    this.connection = connection;
    this.reader.take(memory, start, end);
  }

  /** The upstream closed in order. */
  takeEnd(): void {
    this.reader.takeEnd();
  }

  /** The client took what it was sent. */
  drained(): void {
    this.decompression?.resume();
  }

  destroy(): void {
    this.decompression?.destroy();
  }

  private passInterim(head: ResponseHead): void {
    if (this.request.head.minorVersion === 1) {
      this.client.socket.write(interimHead(head), 'latin1');
    }
  }

  private start(head: ResponseHead, framing: Framing): void {
    this.events.onHead(head);
    const coding = headerValue(head.headers, 'content-encoding') ?? '';
    const isDecoded = this.mayDecode && framing.kind !== 'none' && coding.toLowerCase() === 'gzip';
    this.writer = this.startAnswer(head, framing, isDecoded);
    if (isDecoded) this.decompression = this.startDecompression(this.writer);
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

  private passBody(body: BodyReader, memory: Buffer): void {
    const { connection, decompression } = this;
    if (connection === null) return;
    if (decompression === null) {
      this.writer?.writeInPlace(connection, body, memory);
      return;
    }
    const data = memory.subarray(body.dataStart, body.dataEnd);
    if (data.length > 0 && !decompression.write(data)) connection.pause();
  }

  private passEnd(end: ResponseEnd): void {
    this.ended = end;
    if (this.decompression !== null) {
      this.decompression.end();
      return;
    }
    if (end.isByClose) this.writer?.writeEnd([]);
    this.complete(end);
  }

  private complete({ canReuse, surplus }: ResponseEnd): void {
    this.events.onComplete({ isLast: this.isLast, canReuse, surplus });
  }

  private startDecompression(writer: AnswerWriter): Decompression {
    const decompression = createDecompression({
      onData: (data) => {
        if (!writer.write(data)) decompression.pause();
      },
      onEnd: () => {
        writer.writeEnd(this.ended?.trailers ?? []);
        if (this.ended !== null) this.complete(this.ended);
      },
      onDrain: () => this.connection?.resume(),
      onError: (error) => this.events.onBroken(`gzip: ${error.message}`),
    });
    return decompression;
  }
}

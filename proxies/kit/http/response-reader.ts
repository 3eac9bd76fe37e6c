/** Reads one answer of an upstream: interim heads, the final head, its body as it comes, its end. */
import type { BodyReader } from './body.ts';
import { readBody } from './body.ts';
import type { Framing } from './framing.ts';
import { responseFraming } from './framing.ts';
import { parseResponseHead } from './head.ts';
import type { Header, ResponseHead } from './head.ts';
import { headerValue } from './head.ts';
import { HeadCollector } from './head-collector.ts';
import { hasToken } from './hop-by-hop.ts';

/** How an answer ended. */
export interface ResponseEnd {
  readonly trailers: readonly Header[];
  /** The upstream closed: nothing else says where the body ends. */
  readonly isByClose: boolean;
  /** Whether the connection can carry another request. */
  readonly canReuse: boolean;
  /** What the upstream sent behind its answer. */
  readonly surplus: string;
}

export interface ResponseEvents {
  /** 1xx. */
  onInterim(head: ResponseHead): void;
  /** The final head, and how long the body is. */
  onHead(head: ResponseHead, framing: Framing): void;
  /** Data of the body in `[body.dataStart, body.dataEnd)` of the memory; maybe none. */
  onBody(body: BodyReader, memory: Buffer): void;
  onEnd(end: ResponseEnd): void;
  /** Not HTTP, or not in one reading only. Go's text. */
  onMalformed(fault: string): void;
  /** The body breaks off. */
  onBroken(fault: string): void;
}

/** Go's limit for a response head. */
const maximumHeadBytes = 10 << 20;

export class ResponseReader {
  receivedBytes = 0;
  private readonly method: string;
  private readonly events: ResponseEvents;
  private readonly heads = new HeadCollector();
  private body: BodyReader | null = null;
  private canReuse = false;
  private headBytes = 0;
  private isStopped = false;

  /** @param method of the request: it says whether the answer has a body. */
  constructor(method: string, events: ResponseEvents) {
    this.method = method;
    this.events = events;
  }

  /** Whether the final head has come. */
  get hasStarted(): boolean {
    return this.body !== null;
  }

  /** Takes what the upstream sent. */
  take(memory: Buffer, start: number, end: number): void {
    this.receivedBytes += end - start;
    const at = this.body === null ? this.takeHeads(memory, start, end) : start;
    if (this.body !== null) this.takeBody(this.body, memory, at, end);
  }

  /** The upstream closed in order. */
  takeEnd(): void {
    if (this.isStopped) return;
    if (this.body === null) {
      this.events.onMalformed(this.receivedBytes === 0 ? 'EOF' : broken(this.endInHead()));
    } else if (this.body.remaining === Number.POSITIVE_INFINITY) {
      this.isStopped = true;
      this.events.onEnd({ trailers: [], isByClose: true, canReuse: false, surplus: '' });
    } else {
      this.events.onBroken('unexpected EOF');
    }
  }

  /** Nothing of this answer is wanted any more. */
  stop(): void {
    this.isStopped = true;
  }

  /** Takes a final head; what is taken next is its body. Returns whether it can be relayed. */
  accept(head: ResponseHead): boolean {
    const framing = responseFraming(head, this.method);
    if ('malformed' in framing) return this.malformed(framing.malformed);
    this.body = readBody(framing);
    this.canReuse =
      head.minorVersion === 1 &&
      framing.kind !== 'until-close' &&
      !hasToken(head.headers, 'connection', 'close');
    this.events.onHead(head, framing);
    return true;
  }

  /** Takes interim heads and the final one; returns where the body begins. */
  private takeHeads(memory: Buffer, start: number, end: number): number {
    if (this.isStopped) return end;
    let at = start;
    do {
      at = this.heads.take(memory, at, end);
      const isWhole = at !== -1;
      // All heads together: interim ones may go on for ever.
      if (this.headBytes + (isWhole ? 0 : this.heads.waiting) > maximumHeadBytes) {
        this.isStopped = true;
        this.events.onMalformed(
          `net/http: server response headers exceeded ${maximumHeadBytes} bytes; aborted`,
        );
        return end;
      }
      if (!isWhole) return end;
      this.headBytes += this.heads.text.length;
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
      this.events.onInterim(head);
      return true;
    }
    this.accept(head);
    return false;
  }

  private takeBody(body: BodyReader, memory: Buffer, start: number, end: number): void {
    if (this.isStopped) return;
    body.read(memory, start, end);
    this.events.onBody(body, memory);
    if (body.fault !== null) {
      this.events.onBroken(body.fault);
    } else if (body.isComplete) {
      this.isStopped = true;
      const surplus = body.next < end ? memory.toString('latin1', body.next, end) : '';
      const canReuse = this.canReuse && surplus === '';
      this.events.onEnd({ trailers: body.trailers, isByClose: false, canReuse, surplus });
    }
  }

  /** As Go: the end of a connection ends a line, but no head. */
  private endInHead(): string {
    const text = this.heads.waitingText(0);
    const head = text === '' || text.includes('\n') ? null : parseResponseHead(`${text}\r\n\r\n`);
    return head !== null && 'malformed' in head ? head.malformed : 'unexpected EOF';
  }

  private malformed(fault: string): false {
    this.isStopped = true;
    this.events.onMalformed(broken(fault));
    return false;
  }
}

function broken(fault: string): string {
  return `net/http: HTTP/1.x transport connection broken: ${fault}`;
}

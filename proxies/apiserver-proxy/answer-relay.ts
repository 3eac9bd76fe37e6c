/** Brings the target's answer to the client: each piece as it comes, links and redirects rewritten. */
import type { BodyReader } from '../kit/http/body.ts';
import type { Framing } from '../kit/http/framing.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { headerValue } from '../kit/http/head.ts';
import type { Header } from '../kit/http/head.ts';
import { detectContentType } from '../kit/http/sniff.ts';
import { giveBackReadMemory } from '../kit/http/read-memory.ts';
import type { HttpResponse } from '../kit/http/server-exchange.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { answerHeaders, answerTrailers, isPage } from './answer-head.ts';
import { createAnswerTransformer } from './answer-transformer.ts';
import type { AnswerTransformer } from './answer-transformer.ts';
import { refusal } from './refusal.ts';
import type { Rewriter } from './rewrite/rewriter.ts';

export interface AnswerRelayOptions {
  readonly method: string;
  /** Null where the answer passes untouched. */
  readonly rewriter: Rewriter | null;
  /** The proxy asked for gzip, not the client. */
  readonly mayDecode: boolean;
  /** The whole answer is with the client. */
  readonly onEnd: () => void;
  /** What the target sent cannot be transformed. */
  readonly onBroken: () => void;
}

/** Pieces up to this size are copied rather than taken with the memory around them. */
const smallBytes = 2048;

export class AnswerRelay {
  private readonly response: HttpResponse;
  private readonly options: AnswerRelayOptions;
  private connection: UpstreamConnection | null = null;
  private head: { readonly status: number; readonly headers: Headers } | null = null;
  private mustSniff = false;
  private isLengthStated = false;
  private transformer: AnswerTransformer | null = null;
  private isClientSlow = false;
  /** Node's HTTP/2 ends the stream with the head. */
  private isBodyDropped = false;
  private isBroken = false;

  constructor(response: HttpResponse, options: AnswerRelayOptions) {
    this.response = response;
    this.options = options;
  }

  /** @throws StatusError 500 for a Location that is no URL, 503 for a status that the client cannot get. */
  start(connection: UpstreamConnection, head: ResponseHead, framing: Framing): void {
    this.connection = connection;
    if (this.isHttp2 && head.status > largestHttp2Status) {
      throw refusal('unreachable', { cause: `HTTP/2 has no status code ${head.status}` });
    }
    this.isBodyDropped = this.isHttp2 && head.status === resetContent;
    const { method, rewriter, mayDecode } = this.options;
    const { headers } = head;
    const location = headerValue(headers, 'location') ?? '';
    const coding = (headerValue(headers, 'content-encoding') ?? '').toLowerCase();
    const hasBody = framing.kind !== 'none';
    const isDecoded = hasBody && mayDecode && coding === 'gzip';
    const links =
      rewriter !== null && location === '' && isPage(headers)
        ? (value: string) => rewriter.url(value)
        : null;
    const transformer = createAnswerTransformer(coding, isDecoded, links);
    const isChanged = isDecoded || transformer !== null;
    if (transformer !== null && hasBody) this.transform(transformer);
    this.head = {
      status: head.status,
      headers: answerHeaders(head, this.response, {
        method,
        framing,
        isChanged: isChanged || this.isBodyDropped,
        isDecoded,
        ...(rewriter !== null && location !== '' && { location: rewriter.location(location) }),
      }),
    };
    this.isLengthStated = framing.kind === 'length' && !isChanged;
    this.mustSniff =
      hasBody && headerValue(headers, 'content-type') === null && (isDecoded || coding === '');
  }

  /** Passes on what was read, the head before it. */
  pass(body: BodyReader, memory: Buffer): void {
    const { connection, transformer } = this;
    if (connection === null) return;
    const data = memory.subarray(body.dataStart, body.dataEnd);
    if (transformer !== null) {
      this.sendHead(nothing);
      if (data.length > 0 && !transformer.input.write(Buffer.from(data))) connection.pause();
      return;
    }
    if (data.length === 0) {
      // A stated length promises bytes to sniff: only an answer of unknown length goes on without.
      if (!body.isComplete && !(this.mustSniff && this.isLengthStated)) this.sendHead(nothing);
      return;
    }
    this.sendHead(data);
    if (data.length <= smallBytes) {
      this.write(Buffer.from(data));
    } else {
      connection.lend();
      this.write(data, (error) => {
        if (!error) giveBackReadMemory(memory);
      });
    }
  }

  /** The target has sent everything. */
  end(trailers: readonly Header[]): void {
    if (this.transformer !== null) {
      this.transformer.input.end();
      return;
    }
    this.finish(trailers);
  }

  destroy(): void {
    this.transformer?.input.destroy();
    this.transformer?.output.destroy();
  }

  private transform(transformer: AnswerTransformer): void {
    const { input, output } = (this.transformer = transformer);
    input.on('drain', () => this.connection?.resume());
    input.on('error', () => this.options.onBroken());
    output.on('error', () => this.options.onBroken());
    output.on('data', (data: Buffer) => this.write(data)).once('end', () => this.finish([]));
  }

  /** Sends the head, at once where no data follows it. */
  private sendHead(data: Buffer): void {
    const { head, response } = this;
    if (head === null) return;
    this.head = null;
    const type =
      this.mustSniff && data.length > 0 ? { 'Content-Type': detectContentType(data) } : {};
    this.writeHead(head.status, { ...head.headers, ...type });
    if (data.length === 0) response.flushHeaders?.();
  }

  /** Whatever a target thinks of: a head that Node does not take must not end the server. */
  private writeHead(status: number, headers: Headers): void {
    try {
      this.response.writeHead(status, headers);
    } catch {
      this.isBodyDropped = this.isBroken = true;
      this.options.onBroken();
    }
  }

  private get isHttp2(): boolean {
    return this.response.stream !== undefined;
  }

  private write(data: Buffer, onWritten?: (error?: Error | null) => void): void {
    if (this.isBodyDropped) {
      onWritten?.();
      return;
    }
    if (this.response.write(data, onWritten) || this.isClientSlow) return;
    this.isClientSlow = true;
    this.slowDown();
    this.response.once('drain', () => {
      this.isClientSlow = false;
      if (this.transformer !== null) this.transformer.output.resume();
      else this.connection?.resume();
    });
  }

  private slowDown(): void {
    if (this.transformer !== null) this.transformer.output.pause();
    else this.connection?.pause();
  }

  private finish(trailers: readonly Header[]): void {
    const { head, response } = this;
    if (head !== null) {
      this.head = null;
      this.writeHead(head.status, head.headers);
    }
    if (this.isBroken) return;
    if (trailers.length > 0) response.addTrailers?.(answerTrailers(trailers, this.isHttp2));
    response.end();
    // It carries other requests from now on: a client that has room again is none of its concern.
    this.connection = null;
    this.options.onEnd();
  }
}

type Headers = Readonly<Record<string, string | string[]>>;

const largestHttp2Status = 599;
const resetContent = 205;

const nothing: Buffer = Buffer.alloc(0);

/**
 * One client's connection: reads requests one after the other, hands each to whoever answers, and
 * keeps what follows until that is done. It never looks at what is forwarded.
 */
import type { Socket } from 'node:net';
import { readBody } from '../kit/http/body.ts';
import type { BodyReader } from '../kit/http/body.ts';
import { requestFraming } from '../kit/http/framing.ts';
import { EarlyRefusal } from '../kit/http/early-refusal.ts';
import { badRequest, parseRequestHead } from '../kit/http/head.ts';
import type { Refusal } from '../kit/http/head.ts';
import { HeadCollector } from '../kit/http/head-collector.ts';
import { watchForAbsence } from '../kit/http/peer-presence.ts';
import { answerText, refusalText } from './answers.ts';
import type { Answer } from './answers.ts';
import { afterLinger, endAndLinger } from '../kit/http/closing.ts';
import type { ClientTunnel, Exchange } from './exchange.ts';
import { decidePersistence, describeRequest } from './client-request.ts';
import type { ClientRequest, Persistence } from './client-request.ts';

/** Go's limit: 1 MiB and a little. */
const maximumHeadBytes = (1 << 20) + 4096;
/** How much of an unwanted body is read away before the connection is given up (Go's figure). */
const maximumDiscardedBytes = 256 << 10;
/** How much of the requests behind the current one is kept. */
const maximumPendingBytes = 64 << 10;

const headTooLong: Refusal = { refused: 431, detail: null };

type Answerer = (client: ClientConnection, request: ClientRequest) => Exchange | null;

export class ClientConnection {
  readonly socket: Socket;
  /** Without the mapping of IPv4 into IPv6; null over a unix socket. */
  readonly address: string | null;
  private readonly answer: Answerer;
  private readonly heads = new HeadCollector();
  private early: EarlyRefusal | null = null;
  private exchange: Exchange | null = null;
  private tunnel: ClientTunnel | null = null;
  private body: BodyReader | null = null;
  private pending: Buffer | null = null;
  private discardable = 0;
  private isConsuming = false;
  private isLast = false;
  private isEnded = false;
  private isClosed = false;
  private isClosingLater = false;
  private isDraining = false;
  private startedMs = 0;

  /** `answer` returns null where the request is answered already. */
  constructor(socket: Socket, answer: Answerer) {
    this.socket = socket;
    this.answer = answer;
    this.address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? null;
    socket.on('data', (chunk: Buffer) => this.onData(chunk));
    socket.on('end', () => this.onEnd());
    socket.on('drain', () => this.exchange?.onClientDrain());
    socket.on('error', () => undefined);
    socket.on('close', () => this.onClose());
  }

  /** Body bytes that are still to come, if that is known; more than zero keeps the request open. */
  get unreadBodyBytes(): number {
    return this.body === null || this.body.isComplete ? 0 : Math.max(1, this.body.remaining);
  }

  persistence(
    request: ClientRequest,
    status: number,
    hasKnownEnd: boolean,
    mustClose = false,
  ): Persistence {
    // Whoever ended already is not told so.
    if (this.isEnded && this.pending === null) return { line: '', isLast: true };
    const isTooMuch = this.unreadBodyBytes > maximumDiscardedBytes;
    return decidePersistence(
      request,
      status,
      hasKnownEnd,
      mustClose || isTooMuch || this.isDraining,
    );
  }

  /** Sends an answer of the proxy's own. The caller returns null or calls `finish` afterwards. */
  send(request: ClientRequest, answer: Answer, mustClose = false): Persistence {
    const isUncontinued = request.expectsContinue && this.unreadBodyBytes > 0;
    const persistence = this.persistence(
      request,
      answer.status,
      true,
      mustClose || isUncontinued || answer.mustClose === true,
    );
    this.socket.write(
      answerText(answer, {
        minorVersion: request.head.minorVersion,
        isHead: request.head.method === 'HEAD',
        connection: persistence.line,
      }),
      'latin1',
    );
    return persistence;
  }

  /** The answer is sent. Goes on with the next request, or ends the connection. */
  finish(isLast: boolean): void {
    this.exchange = null;
    this.isLast ||= isLast || this.isDraining;
    this.discardable = maximumDiscardedBytes;
    if (this.isClosed || this.isConsuming) return;
    this.socket.resume();
    this.proceed();
  }

  /** From now on the client's bytes belong to the tunnel, and those that came early first. */
  openTunnel(tunnel: ClientTunnel): void {
    this.tunnel = tunnel;
    this.socket.resume();
    const early = this.pending;
    this.pending = null;
    if (early !== null) tunnel.onClientBytes(early);
    if (this.isEnded) tunnel.onClientEnd();
  }

  /** Bytes wait behind the current request. */
  get hasPending(): boolean {
    return this.pending !== null;
  }

  /** Everything queued is sent, then the connection is closed; the client sees an unfinished answer. */
  abort(): void {
    this.exchange = null;
    this.isClosed = true;
    this.socket.destroySoon();
  }

  /** The answer under way, if any, is the last of this connection. */
  drain(): void {
    this.isDraining = true;
    if (this.exchange === null && this.heads.waiting === 0) this.close();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private onData(chunk: Buffer): void {
    if (this.isClosed) return;
    if (this.tunnel !== null) {
      this.tunnel.onClientBytes(chunk);
    } else if (this.pending !== null) {
      this.pending = Buffer.concat([this.pending, chunk]);
      if (this.pending.length > maximumPendingBytes) this.socket.pause();
    } else {
      this.consume(chunk);
    }
  }

  private onEnd(): void {
    this.isEnded = true;
    if (this.tunnel !== null) this.tunnel.onClientEnd();
    else if (this.body !== null && !this.body.isComplete) {
      this.body = null;
      if (this.exchange === null) this.close();
      else this.exchange.onRequestFault('unexpected EOF');
    } else if (this.exchange !== null) {
      void watchForAbsence(this.socket, () => this.destroy());
    } else if (this.heads.waiting > 0) {
      this.refuse(badRequest);
    } else {
      this.close();
    }
  }

  private onClose(): void {
    this.isClosed = true;
    const exchange = this.exchange;
    this.exchange = null;
    exchange?.onClientGone();
  }

  /** Works off what was kept while an answer was under way. */
  private proceed(): void {
    const pending = this.pending;
    this.pending = null;
    if (pending !== null) this.consume(pending);
    else this.endIfDone();
  }

  private consume(chunk: Buffer): void {
    this.isConsuming = true;
    let at = 0;
    while (at < chunk.length && !this.isClosed) {
      if (this.body !== null && !this.body.isComplete) {
        at = this.takeBody(this.body, chunk, at);
      } else if (this.exchange !== null) {
        this.pending = chunk.subarray(at);
        break;
      } else if (this.isLast) {
        break;
      } else {
        at = this.takeHead(chunk, at);
      }
    }
    this.isConsuming = false;
    this.endIfDone();
  }

  private endIfDone(): void {
    if (this.exchange !== null || this.isClosed) return;
    const isWaitingForBody = this.body !== null && !this.body.isComplete;
    if (this.isEnded || (this.isLast && !isWaitingForBody)) {
      this.close();
    } else if (this.isLast && !this.isClosingLater) {
      // The client still sends a body that nobody wants.
      this.isClosingLater = true;
      afterLinger(this.socket, () => this.close());
    }
  }

  private takeHead(chunk: Buffer, at: number): number {
    if (this.heads.waiting === 0) {
      this.startedMs = performance.now();
      this.early = null;
    }
    const next = this.heads.take(chunk, at, chunk.length);
    if (next === -1) {
      this.checkUnfinishedHead();
      return chunk.length;
    }
    const head = parseRequestHead(this.heads.text);
    if ('refused' in head) {
      this.refuse(head);
      return next;
    }
    const framing = requestFraming(head);
    if ('refused' in framing) {
      this.refuse(framing);
      return next;
    }
    this.body = framing.kind === 'none' ? null : readBody(framing);
    this.exchange = this.answer(this, describeRequest(head, framing, this.startedMs));
    return next;
  }

  private checkUnfinishedHead(): void {
    this.early ??= new EarlyRefusal();
    const isTooLong = this.heads.waiting > maximumHeadBytes;
    const refusal = isTooLong ? headTooLong : this.early.judge(this.heads);
    if (refusal !== null) this.refuse(refusal);
  }

  private takeBody(body: BodyReader, chunk: Buffer, at: number): number {
    body.read(chunk, at, chunk.length);
    if (this.exchange === null) {
      this.discardable -= body.next - at;
      if (this.discardable < 0 || body.fault !== null) this.close();
    } else {
      if (body.dataEnd > body.dataStart || body.isComplete) {
        this.exchange.onRequestBody(chunk, body.dataStart, body.dataEnd, body.isComplete);
      }
      if (body.fault !== null) {
        this.body = null;
        this.exchange.onRequestFault(body.fault);
      }
    }
    return body.fault === null ? body.next : chunk.length;
  }

  /** Answers a request that nobody may read in two ways, and ends the connection. */
  refuse(refusal: Refusal): void {
    this.socket.write(refusalText(refusal), 'latin1');
    this.close();
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    endAndLinger(this.socket);
  }
}

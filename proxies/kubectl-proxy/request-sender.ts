/** Sends a request upstream: the head, then the body as the client delivers it, with back-pressure. */
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { headerValue } from '../kit/http/head.ts';
import type { ClientConnection } from './client-connection.ts';
import type { ClientRequest } from './client-request.ts';

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export class RequestSender {
  sentBytes = 0;
  /** Everything of the request is on its way. */
  isComplete: boolean;
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private connection: UpstreamConnection | null = null;
  /** Framed body bytes that came before there was a connection. */
  private waiting: Buffer[] = [];
  private isPaused = false;

  constructor(client: ClientConnection, request: ClientRequest) {
    this.client = client;
    this.request = request;
    this.isComplete = request.framing.kind === 'none';
  }

  /** Whether the request may be sent a second time if nobody answers (Go's rule). */
  get canBeRepeated(): boolean {
    const { head, framing } = this.request;
    if (framing.kind !== 'none') return false;
    return (
      repeatable.has(head.method) ||
      headerValue(head.headers, 'idempotency-key') !== null ||
      headerValue(head.headers, 'x-idempotency-key') !== null
    );
  }

  start(connection: UpstreamConnection, head: string): void {
    this.connection = connection;
    if (this.request.expectsContinue) {
      this.client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
    }
    if (this.waiting.length === 0) {
      this.sentBytes += head.length;
      connection.socket.write(head, 'latin1');
    } else {
      this.write(Buffer.concat([Buffer.from(head, 'latin1'), ...this.waiting]));
      this.waiting = [];
    }
    this.drained();
  }

  takeBody(buffer: Buffer, start: number, end: number, isLast: boolean): void {
    this.isComplete = isLast;
    const framed = this.frame(buffer.subarray(start, end), isLast);
    if (this.connection !== null) {
      this.write(framed);
      return;
    }
    this.waiting.push(framed);
    this.pause();
  }

  /** The upstream takes bytes again. */
  drained(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.client.socket.resume();
  }

  private write(bytes: Buffer): void {
    if (bytes.length === 0 || this.connection === null) return;
    this.sentBytes += bytes.length;
    if (!this.connection.socket.write(bytes)) this.pause();
  }

  private pause(): void {
    this.isPaused = true;
    this.client.socket.pause();
  }

  private frame(data: Buffer, isLast: boolean): Buffer {
    if (this.request.framing.kind !== 'chunked') return data;
    const parts: Buffer[] = [];
    if (data.length > 0) {
      parts.push(Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n'));
    }
    if (isLast) parts.push(Buffer.from('0\r\n\r\n'));
    return Buffer.concat(parts);
  }
}

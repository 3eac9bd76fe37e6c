/** Sends a request's body to the target as the client delivers it, with back-pressure. */
import { Readable } from 'node:stream';
import { chunkedEnd } from '../kit/http/chunked-end.ts';
import type { Header } from '../kit/http/head.ts';
import type { HttpRequest } from '../kit/http/server-exchange.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { canonicalName, isPassed } from './outgoing-head.ts';

export class RequestBody {
  sentBytes = 0;
  /** Everything of the request is on its way. */
  isComplete: boolean;
  private readonly request: HttpRequest;
  private readonly isChunked: boolean;
  private source: Readable | null = null;
  private connection: UpstreamConnection | null = null;
  private onBroken: () => void = () => undefined;

  constructor(request: HttpRequest, { framing }: IncomingRequest) {
    this.request = request;
    this.isChunked = framing.kind === 'chunked';
    this.isComplete = framing.kind === 'none';
  }

  /** Sends what there is and what comes. `onBroken`: the client will not send the rest. */
  start(connection: UpstreamConnection, onBroken: () => void): void {
    if (this.isComplete || this.source !== null) return;
    const { request } = this;
    if (!(request instanceof Readable)) throw new TypeError('a request that cannot be read');
    this.source = request;
    this.connection = connection;
    this.onBroken = onBroken;
    request.on('data', this.take).once('end', this.takeEnd).once('close', this.takeClose);
  }

  /** The target takes bytes again. */
  drained(): void {
    this.source?.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.source
      ?.off('data', this.take)
      .off('end', this.takeEnd)
      .off('close', this.takeClose)
      .resume();
    this.source = null;
  }

  private readonly take = (data: Buffer): void => {
    const { connection, source } = this;
    if (connection === null || source === null) return;
    this.sentBytes += data.length;
    const { socket } = connection;
    if (this.isChunked) {
      socket.cork();
      socket.write(`${data.length.toString(16)}\r\n`, 'latin1');
      socket.write(data);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else {
      socket.write(data);
    }
    if (socket.writableNeedDrain) source.pause();
  };

  private readonly takeEnd = (): void => {
    this.isComplete = true;
    if (this.isChunked) {
      this.connection?.socket.write(chunkedEnd(trailersOf(this.request)), 'latin1');
    }
  };

  private readonly takeClose = (): void => {
    if (!this.isComplete) this.onBroken();
  };
}

function trailersOf(request: object): readonly Header[] {
  const raw: unknown = 'rawTrailers' in request ? request.rawTrailers : [];
  if (!Array.isArray(raw)) return [];
  const trailers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]);
    const key = name.toLowerCase();
    if (isPassed(key))
      trailers.push({ name: canonicalName(name), key, value: String(raw[at + 1]) });
  }
  return trailers;
}

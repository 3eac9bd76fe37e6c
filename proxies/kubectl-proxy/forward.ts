/** One request on its way to the apiserver, and the answer on its way back. */
import type { UpstreamConnection, UpstreamReceiver } from '../kit/http/upstream-connection.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { exchangeEnded, exchangeStarted } from '../kit/http/stay-awake.ts';
import { klogLine } from '../kit/klog.ts';
import { upstreamFailed } from './answers.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import type { ClientRequest } from './client-request.ts';
import type { ProxyContext } from './context.ts';
import { goErrorText, messageOf } from '../kit/http/go-error.ts';
import type { HopRecorder, SentRequest } from './hop-recorder.ts';
import { RequestSender } from './request-sender.ts';
import { ResponseRelay } from './response-relay.ts';
import type { PreparedRequest } from './prepare.ts';

export class Forwarding implements Exchange, UpstreamReceiver {
  private readonly context: ProxyContext;
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private prepared: PreparedRequest | null = null;
  private readonly relay: ResponseRelay;
  private readonly sender: RequestSender;
  private connection: UpstreamConnection | null = null;
  private dialling: AbortController | null = null;
  private readonly hops: HopRecorder | null;
  /** What was wrong with the body before there was a connection. */
  private fault: string | null = null;
  private isDone = false;

  constructor(
    context: ProxyContext,
    client: ClientConnection,
    request: ClientRequest,
    hops: HopRecorder | null,
  ) {
    this.hops = hops;
    this.context = context;
    this.client = client;
    this.request = request;
    this.sender = new RequestSender(client, request);
    this.relay = new ResponseRelay(client, request, {
      onHead: (head) => this.onHead(head),
      onComplete: (outcome) => this.onComplete(outcome),
      onMalformed: (fault) => this.fail(fault),
      onBroken: (fault) => this.breakOff(fault),
    });
  }

  /** Sends the request as soon as its credentials are there. */
  start(prepared: PreparedRequest | Promise<PreparedRequest>): void {
    exchangeStarted();
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => this.send(ready),
        (error: unknown) => this.fail(messageOf(error)),
      );
    } else {
      this.send(prepared);
    }
  }

  /** On a connection that waits, or on a new one. */
  private send(prepared: PreparedRequest): void {
    if (this.isDone) return;
    this.prepared = prepared;
    this.relay.mayDecode = prepared.asksForGzip;
    const connection = this.context.pool.reuse();
    if (connection === null) this.dial();
    else this.use(connection);
  }

  onRequestBody(buffer: Buffer, start: number, end: number, isLast: boolean): void {
    this.sender.takeBody(buffer, start, end, isLast);
  }

  onRequestFault(fault: string): void {
    // What the client did wrong is told after what it did right has left, as upstream does.
    if (this.connection === null) this.fault = fault;
    else if (this.relay.hasStarted) this.breakOff(fault);
    else this.fail(fault, true);
  }

  onClientDrain(): void {
    this.relay.drained();
    this.connection?.resume();
  }

  onClientGone(): void {
    this.end(null);
  }

  onUpstreamBytes(memory: Buffer, start: number, end: number): void {
    if (this.connection !== null) this.relay.take(this.connection, memory, start, end);
  }

  onUpstreamEnd(): void {
    this.onUpstreamClose(null);
  }

  onUpstreamClose(error: Error | null): void {
    const connection = this.connection;
    if (connection === null || this.isDone) return;
    if (this.relay.receivedBytes === 0 && connection.uses > 1 && this.sender.canBeRepeated) {
      this.connection = null;
      connection.destroy();
      this.dial();
    } else if (error === null) this.relay.takeEnd();
    else if (this.relay.hasStarted) this.breakOff(goErrorText(error, connection.label));
    else this.fail(goErrorText(error, connection.label));
  }

  onUpstreamDrain(): void {
    this.sender.drained();
  }

  private dial(): void {
    const dialling = (this.dialling = new AbortController());
    this.context.pool.open(dialling.signal).then(
      (connection) => {
        if (this.isDone) connection.destroy();
        else this.use(connection);
      },
      (error: unknown) => this.fail(messageOf(error)),
    );
  }

  private use(connection: UpstreamConnection): void {
    this.dialling = null;
    this.connection = connection;
    connection.uses++;
    connection.receiver = this;
    this.hops?.sent();
    this.sender.start(connection, this.prepared?.head ?? '');
    if (this.fault !== null) this.fail(this.fault, true);
  }

  private onHead(head: ResponseHead): void {
    const sent = this.describeSent();
    if (sent !== null) this.hops?.answered(head.status, sent);
    if (head.status === 401 && this.prepared?.hasAddedAuthorization === true) {
      this.context.upstream.credentialsRefused();
    }
  }

  private onComplete(outcome: { isLast: boolean; canReuse: boolean; surplus: string }): void {
    const canReuse = outcome.canReuse && this.sender.isComplete;
    if (outcome.surplus !== '') this.context.log(unsolicited(outcome.surplus));
    this.end(canReuse ? 'release' : null);
    this.client.finish(outcome.isLast);
  }

  /** The answer is the proxy's own 500. */
  private fail(text: string, mustClose = false): void {
    if (this.isDone) return;
    this.context.log(klogLine('E', 'proxy_server.go:147', `Error while proxying request: ${text}`));
    this.hops?.failed(text, this.describeSent());
    this.end(null);
    const { isLast } = this.client.send(this.request, upstreamFailed(text), mustClose);
    this.client.finish(isLast);
  }

  /** Too late for an answer: the client must see that it is unfinished. */
  private breakOff(text: string): void {
    if (this.isDone) return;
    this.context.log(`httputil: ReverseProxy read error during body copy: ${text}`);
    this.end(null);
    this.client.abort();
  }

  /** Costs nothing while nobody listens. */
  private describeSent(): SentRequest | null {
    if (this.hops === null || this.prepared === null || this.connection === null) return null;
    return {
      head: this.prepared.head,
      sentBytes: this.sender.sentBytes,
      receivedBytes: this.relay.receivedBytes,
      connection: this.connection,
    };
  }

  private end(connection: 'release' | null): void {
    if (this.isDone) return;
    this.isDone = true;
    exchangeEnded();
    this.dialling?.abort();
    this.relay.destroy();
    if (this.connection === null) return;
    if (connection === 'release') this.context.pool.release(this.connection);
    else this.connection.destroy();
    this.connection = null;
  }
}

export function unsolicited(text: string): string {
  return klogLine(
    'I',
    'log.go:245',
    `Unsolicited response received on idle HTTP channel starting with ${JSON.stringify(text.slice(0, 64))}; err=<nil>`,
  );
}

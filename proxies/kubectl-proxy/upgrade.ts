/** A request to hand the connection on: after a 101, bytes pass both ways, whatever they mean. */
import { EchoRelay } from '../kit/http/echo-relay.ts';
import { parseResponseHead } from '../kit/http/head.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { HeadCollector } from '../kit/http/head-collector.ts';
import { Tunnel } from '../kit/http/tunnel.ts';
import { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import type { UpstreamReceiver } from '../kit/http/upstream-connection.ts';
import { klogLine } from '../kit/klog.ts';
import { upstreamFailed } from './answers.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import type { ClientRequest } from './client-request.ts';
import type { ProxyContext } from './context.ts';
import { goErrorText, messageOf } from '../kit/http/go-error.ts';
import type { PreparedRequest } from './prepare.ts';
import type { HopRecorder, SentRequest } from './hop-recorder.ts';
import { RequestSender } from './request-sender.ts';

/** What Go's dialer takes a keepalive of zero for. */
const defaultKeepAliveMs = 15_000;

/**
 * Whether the request asks for an upgrade: `upgrade` anywhere in a `Connection` header, whatever
 * `Upgrade` says (recorded cases `up-conn-lower`, `up-upgrade-missing`).
 */
export function isUpgrade({ head }: ClientRequest): boolean {
  return head.headers.some(
    ({ key, value }) => key === 'connection' && value.toLowerCase().includes('upgrade'),
  );
}

export class Upgrading implements Exchange, UpstreamReceiver {
  private readonly context: ProxyContext;
  private readonly client: ClientConnection;
  private readonly request: ClientRequest;
  private readonly sender: RequestSender;
  private readonly heads = new HeadCollector();
  private readonly dialling = new AbortController();
  private prepared: PreparedRequest | null = null;
  private connection: UpstreamConnection | null = null;
  /** Brings a refusal of the upstream to the client. */
  private refusal: EchoRelay | null = null;
  private tunnel: Tunnel | null = null;
  private readonly hops: HopRecorder | null;
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
  }

  /** Opens a connection of the request's own. */
  async start(preparing: PreparedRequest | Promise<PreparedRequest>): Promise<void> {
    try {
      const prepared = (this.prepared = await preparing);
      if (this.hasEnded()) return;
      const { upstream, keepAliveMs } = this.context;
      const connection = await UpstreamConnection.open(upstream, {
        signal: this.dialling.signal,
        keepAliveMs: keepAliveMs === 0 ? defaultKeepAliveMs : keepAliveMs,
      });
      if (this.hasEnded()) {
        connection.destroy();
        return;
      }
      this.connection = connection;
      connection.receiver = this;
      this.hops?.sent();
      this.sender.start(connection, prepared.head);
    } catch (error) {
      const stage = this.prepared === null ? '' : 'error dialing backend: ';
      this.fail(stage + messageOf(error));
    }
  }

  onRequestBody(buffer: Buffer, start: number, end: number, isLast: boolean): void {
    this.sender.takeBody(buffer, start, end, isLast);
  }

  onRequestFault(fault: string): void {
    if (this.refusal === null) this.fail(fault, true);
    else this.breakOff();
  }

  onClientDrain(): void {
    if (this.tunnel === null) this.connection?.resume();
    else this.tunnel.onClientDrain();
  }

  onClientGone(): void {
    this.isDone = true;
    this.dialling.abort();
    this.connection?.destroy();
  }

  onUpstreamBytes(memory: Buffer, start: number, end: number): void {
    if (this.connection === null) return;
    if (this.refusal !== null) {
      this.refusal.take(memory, start, end);
      return;
    }
    const next = this.heads.take(memory, start, end);
    if (next !== -1) this.takeHead(this.connection, memory, next, end);
  }

  onUpstreamEnd(): void {
    this.onUpstreamClose(null);
  }

  onUpstreamClose(error: Error | null): void {
    if (this.isDone || this.connection === null) return;
    if (this.refusal !== null && error === null) this.refusal.takeEnd();
    else if (this.refusal !== null) this.breakOff();
    else this.fail(error === null ? 'unexpected EOF' : goErrorText(error, this.connection.label));
  }

  onUpstreamDrain(): void {
    this.sender.drained();
  }

  private takeHead(connection: UpstreamConnection, memory: Buffer, next: number, end: number) {
    const head = parseResponseHead(this.heads.text);
    if ('malformed' in head) this.fail(head.malformed);
    else if (head.status < 400 && head.status !== 101) {
      const text = `invalid upgrade response: status code ${head.status}`;
      this.context.log(klogLine('E', 'upgradeaware.go:366', `Proxy upgrade error: ${text}`));
      this.fail(text, this.client.hasPending);
    } else {
      const sent = this.describeSent();
      if (sent !== null) this.hops?.answered(head.status, sent);
      if (head.status === 101) this.openTunnel(connection, memory, next, end);
      else this.refuse(connection, head, memory, next, end);
    }
  }

  /** The upstream's own bytes are the answer. */
  private openTunnel(connection: UpstreamConnection, memory: Buffer, next: number, end: number) {
    this.client.socket.write(this.heads.text, 'latin1');
    this.tunnel = new Tunnel(this.client.socket, connection);
    if (next < end) this.tunnel.onUpstreamBytes(memory, next, end);
    this.client.openTunnel(this.tunnel);
  }

  /** The upstream's answer is passed on, and the connection closed after it. */
  private refuse(
    connection: UpstreamConnection,
    head: ResponseHead,
    memory: Buffer,
    next: number,
    end: number,
  ) {
    if (head.status === 401 && this.prepared?.hasAddedAuthorization === true) {
      this.context.upstream.credentialsRefused();
    }
    const relay = new EchoRelay(this.client.socket, connection, this.request.head.method, {
      onEnd: () => {
        this.end();
        this.client.finish(true);
      },
      onMalformed: (fault) => this.fail(fault),
      onBroken: () => this.breakOff(),
    });
    if (!relay.start(head)) return;
    this.refusal = relay;
    relay.take(memory, next, end);
  }

  /** The answer is the proxy's own 500. */
  private fail(text: string, mustClose = false): void {
    if (this.isDone) return;
    this.context.log(klogLine('E', 'proxy_server.go:147', `Error while proxying request: ${text}`));
    this.hops?.failed(text, this.describeSent());
    this.end();
    const { isLast } = this.client.send(this.request, upstreamFailed(text), mustClose);
    this.client.finish(isLast);
  }

  private breakOff(): void {
    if (this.isDone) return;
    this.end();
    this.client.abort();
  }

  /** Asked anew after each wait. */
  private hasEnded(): boolean {
    return this.isDone;
  }

  private describeSent(): SentRequest | null {
    if (this.hops === null || this.prepared === null || this.connection === null) return null;
    return {
      head: this.prepared.head,
      sentBytes: this.sender.sentBytes,
      receivedBytes: this.heads.text.length,
      connection: this.connection,
    };
  }

  private end(): void {
    this.isDone = true;
    this.dialling.abort();
    this.connection?.destroy();
  }
}

/** A request to hand the connection on: after a 101, bytes pass both ways, whatever they mean. */
import { Socket } from 'node:net';
import { StatusError } from '../kit/api/status-error.ts';
import { badRequest } from '../kit/apiserver/refusals.ts';
import { EchoRelay } from '../kit/http/echo-relay.ts';
import { goErrorText, messageOf } from '../kit/http/go-error.ts';
import { parseResponseHead } from '../kit/http/head.ts';
import type { Header, ResponseHead } from '../kit/http/head.ts';
import { HeadCollector } from '../kit/http/head-collector.ts';
import { watchForAbsence } from '../kit/http/peer-presence.ts';
import type { HttpRequest, UpgradedConnection } from '../kit/http/server-exchange.ts';
import { Tunnel } from '../kit/http/tunnel.ts';
import { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import type { UpstreamReceiver } from '../kit/http/upstream-connection.ts';
import type { Dialer } from '../kit/upstream.ts';
import { EarlyBytes } from './early-bytes.ts';
import type { HopRecorder, SentRequest } from './hop-recorder.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { refusal } from './refusal.ts';
import { RequestBody } from './request-body.ts';

export interface UpgradePlan {
  readonly request: HttpRequest;
  /** Absent where the client's request cannot become anything else: no `Upgrade`, or HTTP/2. */
  readonly upgrade?: UpgradedConnection | undefined;
  readonly signal: AbortSignal;
  readonly incoming: IncomingRequest;
  readonly dialer: Dialer;
  /** As it goes to the target. */
  readonly head: string;
  readonly hops: HopRecorder | null;
}

/**
 * Whether the request asks for an upgrade: `upgrade` anywhere in a `Connection` header, whatever
 * `Upgrade` says (recorded case `Connection: Upgrade without Upgrade header`).
 */
export function isUpgrade(headers: readonly Header[]): boolean {
  return headers.some(
    ({ key, value }) => key === 'connection' && value.toLowerCase().includes('upgrade'),
  );
}

/** Both ends are asked now and then whether they are still there. */
const keepAliveMs = 30_000;
/** How long a refusal may take to come and go, as upstream. */
const refusalTimeoutMs = 10_000;
/** Go's limit for a response head. */
const maximumHeadBytes = 10 << 20;

export class Upgrading implements UpstreamReceiver {
  private readonly plan: UpgradePlan;
  private readonly heads = new HeadCollector();
  private readonly dialling = new AbortController();
  private readonly outcome = Promise.withResolvers<undefined>();
  private connection: UpstreamConnection | null = null;
  private headBytes = 0;
  private early: EarlyBytes | null = null;
  /** Where there is no connection of the client's to read it from. */
  private body: RequestBody | null = null;
  private hasClientEnded = false;
  /** Brings a refusal of the target to the client. */
  private refusal: EchoRelay | null = null;
  private tunnel: Tunnel | null = null;
  private isDone = false;

  constructor(plan: UpgradePlan) {
    this.plan = plan;
  }

  /**
   * Resolves when the two connections are one, or a refusal has been passed on.
   *
   * @throws StatusError while nothing has been answered.
   */
  run(): Promise<void> {
    const { signal, dialer } = this.plan;
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
    UpstreamConnection.open(dialer, { signal: this.dialling.signal, keepAliveMs }).then(
      (connection) => {
        if (this.isDone) connection.destroy();
        else this.use(connection);
      },
      (error: unknown) => this.fail(refusal('upgrade-not-dialled', { cause: messageOf(error) })),
    );
    return this.outcome.promise;
  }

  onUpstreamBytes(memory: Buffer, start: number, end: number): void {
    if (this.connection === null) return;
    if (this.refusal !== null) {
      this.refusal.take(memory, start, end);
      return;
    }
    const next = this.heads.take(memory, start, end);
    if (next !== -1) this.headBytes += this.heads.text.length;
    // All heads together: interim ones may go on for ever.
    if (this.headBytes + (next === -1 ? this.heads.waiting : 0) > maximumHeadBytes) {
      this.fail(failed('response head too long'));
    } else if (next !== -1) {
      this.takeHead(this.connection, memory, next, end);
    }
  }

  onUpstreamEnd(): void {
    this.onUpstreamClose(null);
  }

  onUpstreamClose(error: Error | null): void {
    if (this.isDone || this.connection === null) return;
    if (this.refusal !== null && error === null) this.refusal.takeEnd();
    else if (this.refusal !== null) this.cut();
    else {
      const { label } = this.connection;
      this.fail(failed(error === null ? 'unexpected EOF' : goErrorText(error, label)));
    }
  }

  onUpstreamDrain(): void {
    this.body?.drained();
    this.client?.resume();
  }

  private get client(): Socket | null {
    const socket = this.plan.upgrade?.socket;
    return socket instanceof Socket ? socket : null;
  }

  private use(connection: UpstreamConnection): void {
    const { request, head, incoming, upgrade, hops } = this.plan;
    this.connection = connection;
    connection.receiver = this;
    hops?.sent();
    connection.socket.write(head, 'latin1');
    if (upgrade === undefined) {
      this.body = new RequestBody(request, incoming);
      this.body.start(connection, this.onAbort);
      return;
    }
    this.early = new EarlyBytes(incoming.framing, connection);
    if (upgrade.head.length > 0) this.onClientData(upgrade.head);
    this.client
      ?.on('data', this.onClientData)
      .on('end', this.onClientEnd)
      .on('drain', this.onClientDrain)
      .on('error', this.onAbort)
      .once('close', this.onAbort);
  }

  private takeHead(
    connection: UpstreamConnection,
    memory: Buffer,
    next: number,
    end: number,
  ): void {
    const head = parseResponseHead(this.heads.text);
    if ('malformed' in head) {
      this.fail(failed(head.malformed));
      return;
    }
    if (head.status < 200 && head.status !== 101) {
      this.onUpstreamBytes(memory, next, end);
      return;
    }
    const { client } = this;
    if (head.status !== 101 && head.status < 400) {
      this.fail(refusal('not-upgraded', { status: head.status }));
    } else if (client === null) {
      this.fail(failed('request connection cannot be hijacked'));
    } else {
      const sent = this.describeSent();
      if (sent !== null) this.plan.hops?.answered(head.status, sent);
      this.plan.upgrade?.begin(head.status);
      if (head.status === 101) this.openTunnel(client, connection, memory, next, end);
      else this.refuse(client, connection, head, memory, next, end);
    }
  }

  /** The target's own bytes are the answer. */
  private openTunnel(
    client: Socket,
    connection: UpstreamConnection,
    memory: Buffer,
    next: number,
    end: number,
  ): void {
    client.allowHalfOpen = true;
    client.setKeepAlive(true, keepAliveMs);
    client.setNoDelay(true);
    connection.economize();
    client.write(this.heads.text, 'latin1');
    const tunnel = (this.tunnel = new Tunnel(client, connection));
    if (next < end) tunnel.onUpstreamBytes(memory, next, end);
    for (const bytes of this.early?.drain() ?? []) tunnel.onClientBytes(bytes);
    this.early = null;
    client.resume();
    if (this.hasClientEnded) tunnel.onClientEnd();
    this.outcome.resolve(undefined);
  }

  /** The target's answer is passed on, and the connection closed after it. */
  private refuse(
    client: Socket,
    connection: UpstreamConnection,
    head: ResponseHead,
    memory: Buffer,
    next: number,
    end: number,
  ): void {
    const relay = new EchoRelay(client, connection, this.plan.incoming.method, {
      onEnd: () => {
        client.destroySoon();
        this.close();
      },
      onMalformed: () => this.cut(),
      onBroken: () => this.cut(),
    });
    this.refusal = relay;
    client.setTimeout(refusalTimeoutMs, () => this.cut());
    if (relay.start(head)) relay.take(memory, next, end);
  }

  private readonly onClientData = (chunk: Buffer): void => {
    if (this.tunnel !== null) {
      this.tunnel.onClientBytes(chunk);
      return;
    }
    const { early } = this;
    if (early === null) return;
    if (!early.take(chunk)) this.client?.pause();
    if (early.fault !== null && this.refusal === null) this.fail(badRequest(early.fault));
  };

  private readonly onClientEnd = (): void => {
    this.hasClientEnded = true;
    const { client } = this;
    if (client !== null) void watchForAbsence(client, this.onAbort);
    this.tunnel?.onClientEnd();
  };

  private readonly onClientDrain = (): void => {
    if (this.tunnel === null) this.connection?.resume();
    else this.tunnel.onClientDrain();
  };

  /** The client is gone, or the server ends. */
  private readonly onAbort = (): void => {
    this.cut();
  };

  /** The answer is the server's to give. */
  private fail(error: StatusError): void {
    if (this.isDone) return;
    this.plan.hops?.failed(error.message, this.describeSent());
    this.client
      ?.off('data', this.onClientData)
      .off('end', this.onClientEnd)
      .off('drain', this.onClientDrain)
      .off('close', this.onAbort);
    this.outcome.reject(error);
    this.close();
  }

  /** Nobody can be told any more. */
  private cut(): void {
    this.client?.destroy();
    this.close();
  }

  /** Costs nothing while nobody listens. */
  private describeSent(): SentRequest | null {
    if (this.plan.hops === null || this.connection === null) return null;
    return {
      head: this.plan.head,
      sentBytes: this.plan.head.length,
      receivedBytes: this.heads.text.length,
      connection: this.connection,
    };
  }

  private close(): void {
    this.plan.signal.removeEventListener('abort', this.onAbort);
    if (this.isDone) return;
    this.isDone = true;
    this.dialling.abort();
    this.body?.stop();
    this.connection?.destroy();
    this.outcome.resolve(undefined);
  }
}

/** Upstream names no reason where a connection could not be handed on. */
function failed(message: string): StatusError {
  return new StatusError(500, undefined, message);
}

/** One request on its way to the target, and the answer on its way back. */
import { goErrorText, messageOf } from '../kit/http/go-error.ts';
import { headerValue } from '../kit/http/head.ts';
import type { ResponseHead } from '../kit/http/head.ts';
import { ResponseReader } from '../kit/http/response-reader.ts';
import type { ResponseEnd } from '../kit/http/response-reader.ts';
import { exchangeEnded, exchangeStarted } from '../kit/http/stay-awake.ts';
import type { HttpRequest, HttpResponse } from '../kit/http/server-exchange.ts';
import type { UpstreamConnection, UpstreamReceiver } from '../kit/http/upstream-connection.ts';
import { AnswerRelay } from './answer-relay.ts';
import type { HopRecorder, SentRequest } from './hop-recorder.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { refusal } from './refusal.ts';
import { RequestBody } from './request-body.ts';
import type { Rewriter } from './rewrite/rewriter.ts';
import type { Target } from './targets.ts';

export interface ForwardingPlan {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly signal: AbortSignal;
  readonly incoming: IncomingRequest;
  readonly target: Target;
  /** As it goes to the target. */
  readonly head: string;
  /** The proxy asked for gzip, not the client. */
  readonly mayDecode: boolean;
  readonly rewriter: Rewriter | null;
  readonly rejectsRedirects: boolean;
  readonly hops: HopRecorder | null;
}

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export class Forwarding implements UpstreamReceiver {
  private readonly plan: ForwardingPlan;
  private readonly body: RequestBody;
  private readonly reader: ResponseReader;
  private readonly relay: AnswerRelay;
  private readonly outcome = Promise.withResolvers<undefined>();
  private connection: UpstreamConnection | null = null;
  private dialling: AbortController | null = null;
  private end: ResponseEnd | null = null;
  private isDone = false;

  constructor(plan: ForwardingPlan) {
    this.plan = plan;
    this.body = new RequestBody(plan.request, plan.incoming);
    this.relay = new AnswerRelay(plan.response, {
      method: plan.incoming.method,
      rewriter: plan.rewriter,
      mayDecode: plan.mayDecode,
      onEnd: () => this.finish(),
      onBroken: () => this.breakOff(),
    });
    this.reader = new ResponseReader(plan.incoming.method, {
      onInterim: () => undefined,
      onHead: (head, framing) => {
        const { connection } = this;
        if (connection === null) return;
        const sent = this.describeSent();
        if (sent !== null) plan.hops?.answered(head.status, sent);
        if (plan.rejectsRedirects && isRedirect(head)) {
          this.fail(refusal('redirect-refused'));
          return;
        }
        try {
          this.relay.start(connection, head, framing);
        } catch (error) {
          this.fail(error);
        }
      },
      onBody: (body, memory) => this.relay.pass(body, memory),
      onEnd: (end) => {
        this.end = end;
        this.relay.end(end.trailers);
      },
      onMalformed: (fault) => this.failToReach(fault),
      onBroken: () => this.breakOff(),
    });
  }

  /** @throws StatusError while nothing has been answered. */
  run(): Promise<void> {
    exchangeStarted();
    const { signal, target } = this.plan;
    signal.addEventListener('abort', this.onClientGone, { once: true });
    if (signal.aborted) this.onClientGone();
    else {
      const connection = target.pool.reuse();
      if (connection === null) this.dial();
      else this.use(connection);
    }
    return this.outcome.promise;
  }

  onUpstreamBytes(memory: Buffer, start: number, end: number): void {
    this.reader.take(memory, start, end);
  }

  onUpstreamEnd(): void {
    this.onUpstreamClose(null);
  }

  onUpstreamClose(error: Error | null): void {
    const { connection } = this;
    if (connection === null || this.isDone) return;
    if (this.reader.receivedBytes === 0 && connection.uses > 1 && this.canBeRepeated) {
      this.connection = null;
      connection.destroy();
      this.dial();
    } else if (error === null) this.reader.takeEnd();
    else if (this.reader.hasStarted) this.breakOff();
    else this.failToReach(goErrorText(error, connection.label));
  }

  onUpstreamDrain(): void {
    this.body.drained();
  }

  /** Go's rule. */
  private get canBeRepeated(): boolean {
    const { framing, headers, method } = this.plan.incoming;
    if (framing.kind !== 'none') return false;
    return (
      repeatable.has(method) ||
      headerValue(headers, 'idempotency-key') !== null ||
      headerValue(headers, 'x-idempotency-key') !== null
    );
  }

  private dial(): void {
    const dialling = (this.dialling = new AbortController());
    this.plan.target.pool.open(dialling.signal).then(
      (connection) => {
        if (this.isDone) connection.destroy();
        else this.use(connection);
      },
      (error: unknown) => this.failToReach(messageOf(error)),
    );
  }

  private use(connection: UpstreamConnection): void {
    this.dialling = null;
    this.connection = connection;
    connection.uses++;
    connection.receiver = this;
    this.plan.hops?.sent();
    connection.socket.write(this.plan.head, 'latin1');
    this.body.start(connection, this.onClientGone);
  }

  private finish(): void {
    if (this.isDone) return;
    const { connection } = this;
    const canReuse = this.end?.canReuse === true && this.body.isComplete;
    this.connection = null;
    this.close();
    if (connection !== null && canReuse) this.plan.target.pool.release(connection);
    else connection?.destroy();
    this.outcome.resolve(undefined);
  }

  private readonly onClientGone = (): void => {
    if (this.isDone) return;
    this.close();
    this.outcome.resolve(undefined);
  };

  private fail(error: unknown): void {
    if (this.isDone) return;
    this.close();
    this.outcome.reject(error);
  }

  private failToReach(cause: string): void {
    if (this.isDone) return;
    this.plan.hops?.failed(cause, this.describeSent());
    this.fail(refusal('unreachable', { cause }));
  }

  /** Too late for an answer: the client must see that it is unfinished. */
  private breakOff(): void {
    if (this.isDone) return;
    const { response } = this.plan;
    if (!response.headersSent) {
      this.fail(refusal('unreachable', { cause: 'unexpected EOF' }));
      return;
    }
    this.close();
    if (response.stream) response.stream.close(http2InternalError);
    else response.destroy();
    this.outcome.resolve(undefined);
  }

  /** Costs nothing while nobody listens. */
  private describeSent(): SentRequest | null {
    const { hops, head } = this.plan;
    if (hops === null || this.connection === null) return null;
    return {
      head,
      sentBytes: head.length + this.body.sentBytes,
      receivedBytes: this.reader.receivedBytes,
      connection: this.connection,
    };
  }

  private close(): void {
    this.isDone = true;
    exchangeEnded();
    this.plan.signal.removeEventListener('abort', this.onClientGone);
    this.dialling?.abort();
    this.reader.stop();
    this.relay.destroy();
    this.body.stop();
    this.connection?.destroy();
    this.connection = null;
  }
}

const http2InternalError = 2;

function isRedirect({ status, headers }: ResponseHead): boolean {
  return status >= 300 && status <= 399 && (headerValue(headers, 'location') ?? '') !== '';
}

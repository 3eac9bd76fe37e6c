/**
 * The hops of one request: the client's, once it is decided what becomes of it, and the apiserver's,
 * once its head is there or it is certain that none will come. Each is told once.
 */
import { randomUUID } from 'node:crypto';
import type { Value } from '../descriptor.ts';
import type { Hop } from '../kit/hop.ts';
import { endpointText } from '../kit/http/endpoint-text.ts';
import { parseHeaders } from '../kit/http/head.ts';
import { protocolOf } from '../kit/http/hop-protocol.ts';
import { headerChanges, shownTarget } from '../kit/http/header-changes.ts';
import { tlsFacts } from '../kit/http/tls-facts.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import type { ClientRequest } from './client-request.ts';
import type { Socket } from 'node:net';

/** The messages are `hops:kubectl-proxy.<decision>`. */
export type Decision =
  | { readonly key: 'accepted'; readonly values: { readonly host: string; readonly path: string } }
  | { readonly key: 'unfiltered'; readonly values: { readonly path: string } }
  | {
      readonly key: 'refused';
      readonly values: { readonly flag: string; readonly pattern: string };
    }
  | { readonly key: 'redirected'; readonly values: { readonly location: string } }
  | { readonly key: 'file'; readonly values: { readonly path: string } }
  | {
      readonly key: 'not-found' | 'bad-target' | 'options' | 'expectation-failed';
      readonly values: Readonly<Record<string, never>>;
    };

export interface SentRequest {
  /** The head as it went upstream. */
  readonly head: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly connection: UpstreamConnection;
}

export class HopRecorder {
  private readonly emit: (hop: Hop) => void;
  private readonly client: Socket;
  private readonly request: ClientRequest;
  private readonly authority: string;
  private readonly id = randomUUID();
  private sentAtMs = 0;

  constructor(emit: (hop: Hop) => void, client: Socket, request: ClientRequest, authority: string) {
    this.emit = emit;
    this.client = client;
    this.request = request;
    this.authority = authority;
  }

  /** `status` is null where somebody else answers. */
  decided(decision: Decision, status: number | null): void {
    const { head } = this.request;
    this.emit({
      ...this.common({ key: `kubectl-proxy.${decision.key}`, values: decision.values }),
      from: {
        station: 'client',
        address: endpointText(this.client.remoteAddress, this.client.remotePort),
      },
      to: {
        station: 'kubectl-proxy',
        address: endpointText(this.client.localAddress, this.client.localPort),
      },
      tls: null,
      target: shownTarget(head.target),
      headers: { added: [], removed: [], changed: [] },
      status,
      atMs: 0,
      tookMs: this.now(),
      sentBytes: headBytes(this.request),
      receivedBytes: 0,
    });
  }

  /** The request leaves for the apiserver. */
  sent(): void {
    this.sentAtMs = this.now();
  }

  /** The apiserver's head is there. */
  answered(status: number, sent: SentRequest): void {
    const key = status === 101 ? 'upgraded' : 'forwarded';
    this.upstream(key, { status, authority: this.authority }, status, sent);
  }

  /** No answer came; `sent` is null where there was no connection. */
  failed(cause: string, sent: SentRequest | null): void {
    this.upstream('failed', { cause, authority: this.authority }, null, sent);
  }

  private upstream(
    key: 'forwarded' | 'upgraded' | 'failed',
    values: Record<string, Value>,
    status: number | null,
    sent: SentRequest | null,
  ): void {
    const socket = sent?.connection.socket;
    const outgoing = sent === null ? [] : parseHeaders(sent.head, sent.head.indexOf('\n') + 1);
    this.emit({
      ...this.common({ key: `kubectl-proxy.${key}`, values }),
      from: {
        station: 'kubectl-proxy',
        address: endpointText(socket?.localAddress, socket?.localPort),
      },
      to: {
        station: 'apiserver',
        address:
          socket === undefined
            ? this.authority
            : endpointText(socket.remoteAddress, socket.remotePort),
      },
      tls: socket === undefined ? null : tlsFacts(socket),
      target: shownTarget(sent?.head.split(' ', 2)[1] ?? this.request.head.target),
      headers:
        sent === null || 'fault' in outgoing
          ? { added: [], removed: [], changed: [] }
          : headerChanges(this.request.head.headers, outgoing),
      status,
      atMs: this.sentAtMs,
      tookMs: Math.max(0, this.now() - this.sentAtMs),
      sentBytes: sent?.sentBytes ?? 0,
      receivedBytes: sent?.receivedBytes ?? 0,
    });
  }

  private common(
    decision: Hop['decision'],
  ): Pick<Hop, 'request' | 'protocol' | 'method' | 'decision'> {
    return {
      request: this.id,
      protocol: protocolOf(this.request.head.headers),
      method: this.request.head.method,
      decision,
    };
  }

  private now(): number {
    return Math.max(0, performance.now() - this.request.startedMs);
  }
}

function headBytes({ head }: ClientRequest): number {
  const fields = head.headers.reduce(
    (sum, { name, value }) => sum + name.length + value.length + 4,
    0,
  );
  return head.method.length + head.target.length + ' HTTP/1.1\r\n\r\n '.length + fields;
}

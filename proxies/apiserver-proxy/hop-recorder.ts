/**
 * The hops of one request: the client's, once it is decided what becomes of it, and the target's, once its
 * head is there or it is certain that none will come. Each is told once.
 */
import { Socket } from 'node:net';
import { StatusError } from '../kit/api/status-error.ts';
import type { Hop } from '../kit/hop.ts';
import { endpointText } from '../kit/http/endpoint-text.ts';
import { parseHeaders } from '../kit/http/head.ts';
import type { Header } from '../kit/http/head.ts';
import { headerChanges, shownTarget } from '../kit/http/header-changes.ts';
import { protocolOf } from '../kit/http/hop-protocol.ts';
import { tlsFacts } from '../kit/http/tls-facts.ts';
import type { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { goAddress } from '../kit/kubeconfig/dial.ts';
import type { Location } from './location.ts';
import type { ProxyCall } from './proxy-call.ts';
import { rawHeaders } from './incoming-request.ts';
import { verbOf } from './methods.ts';

export interface SentRequest {
  /** The head as it went to the target. */
  readonly head: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly connection: UpstreamConnection;
}

type Call = Pick<
  ProxyCall,
  'request' | 'upgrade' | 'requestId' | 'user' | 'resource' | 'namespace' | 'id'
>;

const stations = {
  endpoint: 'pod',
  'only-endpoint': 'pod',
  pod: 'pod',
  kubelet: 'kubelet',
  node: 'node',
} as const;
const nothingChanged: Hop['headers'] = { added: [], removed: [], changed: [] };

export class HopRecorder {
  private readonly emit: (hop: Hop) => void;
  private readonly call: Call;
  private readonly headers: readonly Header[];
  private readonly startedMs = performance.now();
  private location: Location | null = null;
  private sentAtMs = 0;

  constructor(emit: (hop: Hop) => void, call: Call) {
    this.emit = emit;
    this.call = call;
    this.headers = rawHeaders(call.request);
  }

  /** Somebody who may, and a target: the request goes on. */
  admitted(location: Location): void {
    this.location = location;
    const { user = '', resource, request } = this.call;
    const verb = verbOf(request.method ?? 'GET');
    this.decided('admitted', { user, verb, resource: `${resource}/proxy` }, null);
  }

  /** The proxy answers itself: with a redirect, or with what is wrong. */
  answeredHere(status: number, message: string): void {
    this.decided('refused', { status, message }, status);
  }

  /** The server answers; nobody was asked. */
  refused(error: unknown): void {
    if (this.location !== null) return;
    const code = error instanceof StatusError ? error.code : 500;
    this.answeredHere(code, error instanceof Error ? error.message : String(error));
  }

  /** The request leaves for the target. */
  sent(): void {
    this.sentAtMs = this.now();
  }

  /** The target's head is there. */
  answered(status: number, sent: SentRequest): void {
    const { location } = this;
    if (location === null) return;
    const { key, values } = location.choice;
    this.reached(location, key, values, status, sent);
  }

  /** No answer came; `sent` is null where there was no connection. */
  failed(cause: string, sent: SentRequest | null): void {
    const { location } = this;
    if (location === null) return;
    const address = goAddress(location.host, location.port);
    this.reached(location, 'failed', { address, cause }, null, sent);
  }

  private decided(key: string, values: Values, status: number | null): void {
    const { request } = this.call;
    const socket = socketOf(request.socket);
    const isHttp2 = request.httpVersion.startsWith('2');
    this.emit({
      ...this.common(key, values),
      protocol: isHttp2 ? 'HTTP/2' : protocolOf(this.headers),
      from: { station: 'client', address: endpointText(socket?.remoteAddress, socket?.remotePort) },
      to: {
        station: 'apiserver-proxy',
        address: endpointText(socket?.localAddress, socket?.localPort),
      },
      tls: tlsFacts(socket, 'server'),
      target: shownTarget(request.url ?? '/'),
      headers: nothingChanged,
      status,
      atMs: 0,
      tookMs: this.now(),
      sentBytes: headBytes(this.headers, request.method ?? '', request.url ?? ''),
      receivedBytes: 0,
    });
  }

  private reached(
    location: Location,
    key: string,
    values: Values,
    status: number | null,
    sent: SentRequest | null,
  ): void {
    const socket = sent?.connection.socket;
    const address = goAddress(location.host, location.port);
    const outgoing = sent === null ? [] : parseHeaders(sent.head, sent.head.indexOf('\n') + 1);
    this.emit({
      ...this.common(key, values),
      protocol: protocolOf(this.headers),
      from: {
        station: 'apiserver-proxy',
        address: endpointText(socket?.localAddress, socket?.localPort),
      },
      to: { station: stations[location.choice.key], address },
      tls: tlsFacts(socket),
      target: shownTarget(sent?.head.split(' ', 2)[1] ?? this.call.request.url ?? '/'),
      headers:
        sent === null || 'fault' in outgoing
          ? nothingChanged
          : headerChanges(this.headers, outgoing),
      status,
      atMs: this.sentAtMs,
      tookMs: Math.max(0, this.now() - this.sentAtMs),
      sentBytes: sent?.sentBytes ?? 0,
      receivedBytes: sent?.receivedBytes ?? 0,
    });
  }

  private common(key: string, values: Values): Pick<Hop, 'request' | 'method' | 'decision'> {
    return {
      request: this.call.requestId,
      method: this.call.request.method ?? 'GET',
      decision: { key: `apiserver-proxy.${key}`, values: { ...values } },
    };
  }

  private now(): number {
    return Math.max(0, performance.now() - this.startedMs);
  }
}

type Values = Readonly<Hop['decision']['values']>;

/** An HTTP/2 stream stands for the connection of its session. */
function socketOf(socket: unknown): Socket | undefined {
  return socket instanceof Socket ? socket : undefined;
}

function headBytes(headers: readonly Header[], method: string, target: string): number {
  const lines = headers.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  return method.length + target.length + ' HTTP/1.1\r\n\r\n '.length + lines;
}

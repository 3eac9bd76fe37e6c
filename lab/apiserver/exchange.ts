/** One request and its answer, over HTTP/1.1 or HTTP/2 alike. */
import type { IncomingHttpHeaders } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Kubelets } from './kubelet/kubelets.ts';
import type { UpgradedConnection } from './kubelet/tie.ts';
import type { RequestInfo } from './request-info.ts';

/** What Node's requests of both versions have in common. */
export interface HttpRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly socket: unknown;
}

/** What Node's responses of both versions have in common. */
export interface HttpResponse {
  readonly headersSent: boolean;
  readonly statusCode?: number;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): unknown;
  /** HTTP/2 sends them at once. */
  readonly flushHeaders?: () => void;
  /** Of HTTP/2. */
  readonly stream?: {
    once(event: 'finish', listener: () => void): unknown;
    close(): unknown;
  };
  write(chunk: Uint8Array | string): boolean;
  end(chunk: Uint8Array | string): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  destroy(): unknown;
}

/** Who sends a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly info: RequestInfo;
  readonly user: User;
  /** Ends when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  readonly kubelets: Kubelets;
  /** The client's connection, where the request asks to switch protocols. */
  readonly upgrade?: UpgradedConnection | undefined;
}

/** A request header; the first value where there are several. */
export function headerOf(request: HttpRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** The TLS connection a request came on. An HTTP/2 stream stands for that of its session. */
export function connectionOf({ socket }: HttpRequest): TLSSocket | undefined {
  return socket instanceof TLSSocket ? socket : undefined;
}

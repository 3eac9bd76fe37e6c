/** One request and its answer, over HTTP/1.1 or HTTP/2 alike. */
import { TLSSocket } from 'node:tls';
import type {
  HttpRequest,
  HttpResponse,
  UpgradedConnection,
} from '../../proxies/kit/http/server-exchange.ts';
import type { Kubelets } from './kubelet/kubelets.ts';
import type { RequestInfo } from './request-info.ts';

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

/** The TLS connection a request came on. An HTTP/2 stream stands for that of its session. */
export function connectionOf({ socket }: HttpRequest): TLSSocket | undefined {
  return socket instanceof TLSSocket ? socket : undefined;
}

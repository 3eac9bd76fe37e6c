/** One request and its answer, over HTTP/1.1 or HTTP/2 alike. */
import { connectionOf, type User } from '../../proxies/kit/apiserver/user.ts';
import type {
  HttpRequest,
  HttpResponse,
  UpgradedConnection,
} from '../../proxies/kit/http/server-exchange.ts';
import type { MountedProxy } from './proxy/mounted-proxy.ts';
import type { Kubelets } from './kubelet/kubelets.ts';
import type { RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';

export { connectionOf, type User };

export interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly info: RequestInfo;
  readonly user: User;
  /** Ends when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  readonly kubelets: Kubelets;
  /** Absent where nothing is proxied, as in tests of the handlers. */
  readonly proxy?: MountedProxy;
  /** The audit id. */
  readonly requestId?: string;
  /** The client's connection, where the request asks to switch protocols. */
  readonly upgrade?: UpgradedConnection | undefined;
}

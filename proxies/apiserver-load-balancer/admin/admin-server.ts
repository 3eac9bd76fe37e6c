/** The admin server: how the load balancer is, for probes, Prometheus and people. */
import { listenError } from '../../kit/apiserver/listen-error.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import { startStatusServer } from '../../kit/http/status-server.ts';
import { adminPaths, type AdminView } from './admin-paths.ts';

export interface AdminServer extends AsyncDisposable {
  /** Null where there is none. */
  readonly address: string | null;
}

/** @param address `127.0.0.1:10261`; empty: none. @throws ConfigurationError where it is not to be had */
export async function startAdminServer(address: string, view: AdminView): Promise<AdminServer> {
  if (address === '') {
    return { address: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const { host, port } = splitAddress(address);
  const isAny = ['', '0.0.0.0', '::'].includes(host);
  await using starting = new AsyncDisposableStack();
  const paths = starting.use(adminPaths(view));
  try {
    const server = starting.use(
      await startStatusServer({ host: isAny ? null : host, port }, paths.answer),
    );
    const owned = starting.move();
    return {
      address: endpointText(host, server.port),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    throw listenError(error instanceof Error ? error.cause : error, address);
  }
}

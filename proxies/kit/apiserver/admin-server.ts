/** The admin server of a load balancer: how it is, for probes, Prometheus and people. */
import { endpointText } from '../http/endpoint-text.ts';
import { splitAddress } from '../http/split-address.ts';
import { startStatusServer, type AskForPath } from '../http/status-server.ts';
import { listenError } from './listen-error.ts';

export interface AdminServer extends AsyncDisposable {
  /** Null where there is none. */
  readonly address: string | null;
}

/** @param address `127.0.0.1:10261`; empty: none. @throws ConfigurationError where it is not to be had */
export async function startAdminServer(address: string, answer: AskForPath): Promise<AdminServer> {
  if (address === '') {
    return { address: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const { host, port } = splitAddress(address);
  const isAny = ['', '0.0.0.0', '::'].includes(host);
  try {
    const server = await startStatusServer({ host: isAny ? null : host, port }, answer);
    return {
      address: endpointText(host, server.port),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    throw listenError(error instanceof Error ? error.cause : error, address);
  }
}

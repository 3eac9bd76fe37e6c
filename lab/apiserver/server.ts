/** One apiserver: a TLS listener that speaks HTTP/2 and HTTP/1.1, and the front behind it. */
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { IncomingMessage, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createAggregator } from './aggregation/aggregator.ts';
import { createAuthenticator } from './authentication.ts';
import { createAuthorizers } from './authorizers.ts';
import { holdLease, type ApiserverLease } from './bootstrap/apiserver-lease.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { untilStored } from './bootstrap/until-stored.ts';
import { handle, type FrontOptions } from './front.ts';
import { createHealth } from '../../proxies/kit/apiserver/health.ts';
import { createInFlight } from './in-flight.ts';
import { createLoopback } from './loopback.ts';
import { createMetrics } from './metrics.ts';
import { createKubelets } from './kubelet/kubelets.ts';
import { offerUpgrade, rememberQueued } from '../../proxies/kit/http/upgrade-offer.ts';
import type { ApiserverOptions } from './options.ts';
import { mountProxy, type MountedProxy } from './proxy/mounted-proxy.ts';
import { aggregateRoles } from './rbac/aggregation.ts';
import { startRepair } from './allocation/repair.ts';
import { answerPlainHttp } from '../../proxies/kit/http/plain-http.ts';
import { refuseUnreadable } from '../../proxies/kit/http/refuse-unreadable.ts';
import { readSettings } from './settings.ts';
import { createServiceAccountTokens } from './tokens/service-account-tokens.ts';
import { trackConnections } from '../../proxies/kit/http/track-connections.ts';

export interface Apiserver extends AsyncDisposable, Pick<MountedProxy, 'setHopListener'> {
  readonly address: string;
  readonly port: number;
  /** `https://127.0.0.1:6443` */
  readonly server: string;
}

/** How long an idle connection is kept: longer than a client keeps it, as upstream does. */
const idleMs = 90_000;
/** How long short requests may go on once the server ends. */
const drainMs = 3_000;

/**
 * Starts an apiserver; resolves when it listens and has what every cluster has. Disposing it lets short
 * requests finish, and ends every connection.
 */
export async function startApiserver(options: ApiserverOptions): Promise<Apiserver> {
  await using starting = new AsyncDisposableStack();
  const { store, log = () => undefined } = options;
  const closing = new AbortController();
  const state = { isBootstrapped: false, isDraining: false };
  const { authorizer, rbac } = starting.use(createAuthorizers(options));
  const serviceAccounts =
    options.serviceAccounts && createServiceAccountTokens(options.serviceAccounts, store);
  const inFlight = createInFlight({
    reading: options.maxRequestsInflight ?? 400,
    mutating: options.maxMutatingRequestsInflight ?? 200,
  });
  const proxy = starting.use(mountProxy(options));
  const aggregator = starting.use(
    createAggregator({
      store,
      client: options.proxyClient,
      rejectsRedirects: options.aggregatorRejectForwardingRedirect ?? true,
      log,
    }),
  );
  const front: FrontOptions = {
    authenticator: createAuthenticator({ ...options, serviceAccounts }),
    authorizer,
    rulesOfRole: (...role) => rbac.rulesOfRole(...role),
    serviceAccounts,
    store,
    settings: readSettings(options),
    health: createHealth([
      { name: 'ping', isHealthy: () => true },
      { name: 'log', isHealthy: () => true },
      { name: 'etcd', isHealthy: () => store.isReady() },
      {
        name: 'poststarthook/rbac/bootstrap-roles',
        isHealthy: () => state.isBootstrapped,
      },
      { name: 'informer-sync', endpoints: ['readyz'], isHealthy: () => state.isBootstrapped },
      {
        name: 'shutdown',
        endpoints: ['readyz'],
        isHealthy: () => !state.isDraining && (options.mayBeReady?.() ?? true),
      },
    ]),
    metrics: createMetrics(inFlight),
    inFlight,
    kubelets: createKubelets(options.kubeletClient),
    proxy,
    aggregator,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    closing: closing.signal,
    audit: options.audit,
    log,
  };
  const server = createServer(options);
  server.on('request', (request, response) => {
    options.onRequest?.(request);
    rememberQueued(request, response);
    void handle(request, response, front);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    options.onRequest?.(request);
    void offerUpgrade(request, socket, head, (asked, response, upgrade) =>
      handle(asked, response, front, upgrade),
    );
  });
  const connections = trackConnections(server);
  answerPlainHttp(server);
  refuseUnreadable(server);
  starting.defer(async () => {
    closing.abort();
    connections.end();
    await connections.closed();
  });

  // As in Go, every IPv4 address means every address.
  const bindAddress = options.bindAddress === '0.0.0.0' ? '::' : options.bindAddress;
  server.listen(options.securePort ?? 0, bindAddress ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;

  const api = createLoopback(front, closing.signal);
  const advertised = options.advertise && { port, ...options.advertise };
  const made = { ...options, settings: front.settings, port: advertised?.port ?? port };
  await untilStored(() => bootstrap(api, made), closing.signal);
  starting.use(await untilStored(() => startRepair(store), closing.signal));
  const aggregation = starting.use(aggregateRoles(store));
  await Promise.all([rbac.synced, aggregation.settled, aggregator.synced]);
  const lease = advertised && holdLease(api, advertised, log);
  await lease?.announced;
  state.isBootstrapped = true;

  const running = starting.move();
  return {
    address,
    port,
    server: `https://${host}:${port}`,
    setHopListener: (listener) => proxy.setHopListener(listener),
    [Symbol.asyncDispose]: async () => {
      // First say so: who looks for an apiserver that is ready finds another.
      state.isDraining = true;
      await endLease(lease);
      if (options.shutdownDelayMs) await delay(options.shutdownDelayMs);
      closing.abort();
      server.close();
      await Promise.race([inFlight.drained(), delay(drainMs, undefined, { ref: false })]);
      await running.disposeAsync();
    },
  };
}

/** A store that is away must not keep the apiserver from ending. */
async function endLease(lease: ApiserverLease | undefined): Promise<void> {
  const waited = delay(drainMs, undefined, { ref: false });
  await Promise.race([lease?.[Symbol.asyncDispose](), waited]).catch(() => undefined);
}

function createServer({ tlsCert, tlsPrivateKey, clientCa, requestHeader }: ApiserverOptions) {
  const http1: ServerOptions = {
    keepAliveTimeout: idleMs,
    // Of itself Node sends small pieces at once over plain HTTP alone.
    noDelay: true,
    maxHeaderSize: 1024 * 1024,
    // Short requests have a time of their own; what is proxied may be sent for hours.
    requestTimeout: 0,
  };
  const authorities = [clientCa, requestHeader?.clientCa].filter((pem) => pem !== undefined);
  return createSecureServer({
    ...http1,
    allowHTTP1: true,
    cert: tlsCert,
    key: tlsPrivateKey,
    ...(authorities.length === 0 ? {} : { ca: authorities }),
    requestCert: true,
    // Who has no certificate, or a wrong one, is told so by the API and not by TLS.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
  });
}

/** The bastion: listeners in front, the cluster's own apiserver behind, the proxy in between. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { readAuthorities } from '../../kit/apiserver/client-certificates.ts';
import { createHealth } from '../../kit/apiserver/health.ts';
import type { KubeletTransport } from '../kubelet-transport.ts';
import { createApiserverProxy, type ApiserverProxy } from '../proxy.ts';
import { createAccessReviewer } from './access-reviewer.ts';
import { createAuthenticator } from './authenticator.ts';
import { handle, type FrontOptions } from './front.ts';
import { createMetrics } from './metrics.ts';
import { listenPlainly, listenSecurely, type Listener, type Tls } from './serving.ts';
import { createTokenReviewer } from './token-reviewer.ts';
import { watchObjects } from './watched-lookup.ts';

export interface BastionOptions {
  /** The cluster's API, and whether it was reached last. */
  readonly api: ApiClient & { readonly isReachable: boolean | undefined };
  readonly listen: { readonly address: string; readonly port: number };
  /** Plain HTTP, beside. */
  readonly listenInsecurely?: { readonly address: string; readonly port: number } | undefined;
  readonly tls: Tls;
  readonly anonymousAuth: boolean;
  readonly audiences: readonly string[];
  readonly tokenTtlMs: number;
  readonly allowedTtlMs: number;
  readonly refusedTtlMs: number;
  readonly alwaysAllowPaths: readonly string[];
  readonly kubelet?: KubeletTransport | undefined;
  readonly preferredAddressTypes: readonly string[];
  readonly allowsAddress?: (address: string, isDeclared: boolean) => boolean;
  readonly allowsApplicationAuthorization: boolean;
  readonly shutdownDelayMs: number;
  readonly access?: ((line: string) => void) | undefined;
  readonly audit?: ((line: string) => void) | undefined;
  readonly log: (line: string) => void;
}

export interface Bastion extends AsyncDisposable, Pick<ApiserverProxy, 'setHopListener'> {
  readonly address: string;
  readonly insecureAddress: string | undefined;
  /** Resolves when every object has been listed. */
  readonly synced: Promise<unknown>;
  /** As it is now. */
  readonly tls: Tls;
  /**
   * Shows another certificate, and takes those of other authorities, from now on.
   *
   * @throws Error where OpenSSL cannot read them: then all stays as it is.
   */
  renew(tls: Tls): void;
}

/** How long requests may go on once the bastion ends. */
const drainMs = 3_000;

/** Resolves when it listens. Disposing it lets short requests finish, and ends the others. */
export async function startBastion(options: BastionOptions): Promise<Bastion> {
  await using starting = new AsyncDisposableStack();
  const { api, log } = options;
  const closing = new AbortController();
  const state = { isDraining: false, tls: options.tls };
  let clientAuthorities = authoritiesOf(options.tls);
  const lookup = starting.use(watchObjects(api, log));
  const proxy = starting.use(
    createApiserverProxy({
      lookup,
      kubelet: options.kubelet,
      preferredAddressTypes: options.preferredAddressTypes,
      allowsApplicationAuthorization: options.allowsApplicationAuthorization,
      ...(options.allowsAddress ? { allowsAddress: options.allowsAddress } : {}),
    }),
  );
  const underWay = createUnderWay();
  const front: FrontOptions = {
    authenticate: createAuthenticator({
      clientAuthorities: () => clientAuthorities,
      reviewToken: createTokenReviewer({ ...options, ttlMs: options.tokenTtlMs }),
      takesAnonymous: options.anonymousAuth,
    }),
    review: createAccessReviewer(options),
    proxy,
    health: createHealth([
      { name: 'ping', isHealthy: () => true },
      {
        name: 'apiserver',
        // What is known goes on being served: nobody is helped if the bastion leaves, too.
        isHealthy: () => true,
        note: () => (api.isReachable === false ? 'does not answer: serving what is known' : 'ok'),
      },
      { name: 'informer-sync', endpoints: ['readyz'], isHealthy: () => lookup.isSynced() },
      { name: 'shutdown', endpoints: ['readyz'], isHealthy: () => !state.isDraining },
    ]),
    metrics: createMetrics(),
    isOpen: openPaths(options.alwaysAllowPaths),
    closing: closing.signal,
    isDraining: () => state.isDraining,
    access: options.access,
    audit: options.audit,
    log,
  };
  const serve: Parameters<typeof listenPlainly>[0]['handle'] = (request, response, upgrade) => {
    underWay.enter(response);
    return handle(request, response, front, upgrade);
  };
  const listeners: Listener[] = [];
  const secure = starting.use(
    await listenSecurely({ ...options.listen, handle: serve }, options.tls),
  );
  listeners.push(secure);
  const plain = options.listenInsecurely
    ? starting.use(await listenPlainly({ ...options.listenInsecurely, handle: serve }))
    : undefined;
  if (plain) listeners.push(plain);

  const running = starting.move();
  return {
    address: secure.address,
    insecureAddress: plain?.address,
    synced: lookup.synced,
    get tls() {
      return state.tls;
    },
    setHopListener: (listener) => proxy.setHopListener(listener),
    renew: (tls) => {
      const authorities = authoritiesOf(tls);
      secure.renew(tls);
      clientAuthorities = authorities;
      state.tls = tls;
    },
    [Symbol.asyncDispose]: async () => {
      // First say so: who looks for a bastion that is ready finds another.
      state.isDraining = true;
      if (options.shutdownDelayMs > 0) await delay(options.shutdownDelayMs);
      for (const listener of listeners) listener.drain();
      await Promise.race([underWay.over(), delay(drainMs, undefined, { ref: false })]);
      closing.abort();
      await running.disposeAsync();
    },
  };
}

function authoritiesOf({ clientCa }: Tls) {
  return clientCa === undefined ? undefined : readAuthorities(clientCa);
}

/** A path, or the beginning of one with `*` behind it. */
function openPaths(list: readonly string[]): (path: string) => boolean {
  return (path) =>
    list.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
}

interface UnderWay {
  enter(response: { once(event: 'close', listener: () => void): unknown }): void;
  /** Resolves when nothing is answered any more. */
  over(): Promise<void>;
}

function createUnderWay(): UnderWay {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    enter: (response) => {
      count += 1;
      response.once('close', () => {
        count -= 1;
        if (count > 0) return;
        for (const resume of waiting) resume();
        waiting = [];
      });
    },
    over: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

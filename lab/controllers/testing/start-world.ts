/** A world for tests: an apiserver in this process, and a client of its administrator. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  createApiClient,
  type ApiClient,
  type ApiConnection,
  type KubeObject,
} from '../../../proxies/kit/api/api-client.ts';
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import type { ApiObject } from '../../apiserver/api-object.ts';
import type { HttpRequest } from '../../../proxies/kit/http/server-exchange.ts';
import type { ApiStore } from '../../apiserver/registry.ts';
import { startApiserver, type Apiserver } from '../../apiserver/server.ts';
import { createAuthority } from '../../../proxies/kit/pki/authority.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { startControllers } from '../controllers.ts';

export interface World extends AsyncDisposable {
  readonly client: ApiClient;
  readonly connection: ApiConnection;
  readonly requests: readonly HttpRequest[];
  /** Ends the apiserver, as a crash would, and starts it again on the same store and port. */
  restartApiserver(whileDown?: () => Promise<void>): Promise<void>;
  readonly store: ApiStore;
}

export interface WorldOptions {
  /** Absent: no controllers. */
  readonly controllers?: {
    readonly nodeMonitorGracePeriodMs?: number;
    /** How long their watches lag behind the answers to their writes. */
    readonly lagMs?: number;
  };
  /** Whether pods need the accounts that the controllers make. */
  readonly needsAccounts?: boolean;
  /** Absent: a new one. */
  readonly store?: ApiStore;
}

export async function startWorld(world: WorldOptions = {}): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const authority = await createAuthority();
  const serving = await authority.issueServer(['127.0.0.1']);
  const { controllers, store = createMemoryStore<ApiObject>() } = world;
  const requests: HttpRequest[] = [];
  const token = 'administrator';
  const controllersToken = 'controllers';
  const start = (securePort?: number): Promise<Apiserver> =>
    startApiserver({
      ...(securePort === undefined ? {} : { securePort }),
      tlsCert: serving.certificatePem,
      tlsPrivateKey: serving.keyPem,
      clientCa: authority.certificatePem,
      disableAdmissionPlugins: world.needsAccounts ? [] : ['ServiceAccount'],
      tokens: new Map([
        [token, { name: 'kubernetes-admin', groups: ['system:masters'] }],
        // Their role must allow all that they do.
        [controllersToken, { name: 'system:kube-controller-manager', groups: [] }],
      ]),
      store,
      onRequest: (request) => requests.push(request),
    });
  let apiserver = await start();
  starting.defer(() => apiserver[Symbol.asyncDispose]());
  const connection = {
    server: apiserver.server,
    caPem: authority.certificatePem,
    token,
    userAgent: 'test',
  };
  const client = starting.use(createApiClient(connection));
  await makeNamespaces(client);
  if (controllers) {
    const { lagMs = 0, ...options } = controllers;
    const own = starting.use(createApiClient({ ...connection, token: controllersToken }));
    const client = lagMs > 0 ? withLag(own, lagMs) : own;
    const log = () => undefined;
    starting.use(await startControllers({ client, rootCa: 'root', log, ...options }));
  }
  const running = starting.move();
  return {
    client,
    connection,
    requests,
    store,
    restartApiserver: async (whileDown) => {
      const { port } = apiserver;
      await apiserver[Symbol.asyncDispose]();
      await whileDown?.();
      apiserver = await start(port);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Caches behind it are always a little old, as they are in a large cluster. */
function withLag(client: ApiClient, lagMs: number): ApiClient {
  return {
    ...client,
    watch: (path, options, onEvent) =>
      client.watch(path, options, (event) => {
        setTimeout(() => onEvent(event as Parameters<typeof onEvent>[0]), lagMs);
      }),
  };
}

/** An apiserver may make some by itself, and may take a moment for it. */
async function makeNamespaces(client: ApiClient): Promise<void> {
  for (const name of ['default', 'kube-system', 'kube-node-lease']) {
    await client.create('/api/v1/namespaces', { metadata: { name } }).catch(() => undefined);
  }
}

/** Waits, through a watch, until the objects of a collection are as they should be. */
export async function until<T extends KubeObject>(
  client: ApiClient,
  path: string,
  isSo: (objects: readonly T[]) => boolean,
  timeoutMs = 30_000,
): Promise<readonly T[]> {
  await using informer = startInformer<T>(client, { path });
  await informer.synced;
  const reached = Promise.withResolvers<readonly T[]>();
  const look = () => {
    if (isSo(informer.list())) reached.resolve(informer.list());
  };
  look();
  const listening = informer.onChange(look);
  const stop = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).then(
    () => {
      throw new Error(`still not so: ${path} ${JSON.stringify(informer.list(), null, 1)}`);
    },
    () => [],
  );
  try {
    return await Promise.race([reached.promise, late]);
  } finally {
    stop.abort();
    listening[Symbol.dispose]();
  }
}

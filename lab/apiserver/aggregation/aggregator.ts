/**
 * The aggregation layer: requests for groups and versions that APIServices claim go to the servers behind
 * their Services (https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/).
 */
import { textAt } from '../api-object.ts';
import type { Exchange } from '../exchange.ts';
import { mirror } from '../mirror.ts';
import type { ApiEntry, ApiStore } from '../registry.ts';
import { isServed } from '../resource-table.ts';
import { apiServicesPrefix, type ProxyClient } from './api-service.ts';
import type { RemoteApi } from './remote-api.ts';
import type { RemoteGroup } from './remote-groups.ts';

export interface AggregatorOptions {
  readonly store: ApiStore;
  readonly client: ProxyClient | undefined;
  /** `--aggregator-reject-forwarding-redirect` */
  readonly rejectsRedirects: boolean;
  readonly log: (line: string) => void;
}

export interface Aggregator extends AsyncDisposable {
  /** Resolves when it knows the APIServices that are there. */
  readonly synced: Promise<void>;
  /** Who answers a path; undefined: this apiserver itself. */
  claimantOf(path: string): RemoteApi | undefined;
  /** Sends the request there, and its answer back. */
  serve(exchange: Exchange, claimant: RemoteApi): Promise<void>;
  /** For discovery. */
  groups(): readonly RemoteGroup[];
}

/** What this apiserver serves, nobody takes over: upstream has Local APIServices there already. */
function isOwn({ value: { spec } }: ApiEntry): boolean {
  return isServed(textAt(spec, 'group'), textAt(spec, 'version'));
}

/** Follows the APIServices. Without any, little of all this is in memory. */
export function createAggregator(options: AggregatorOptions): Aggregator {
  const { store, client, log } = options;
  const apis = new Map<string, RemoteApi>();
  let loading: Promise<Loaded> | undefined;
  let loaded: Loaded | undefined;
  let isEnding = false;

  const put = (key: string, entry: ApiEntry | undefined): void => {
    const known = apis.get(key);
    if (entry && known?.update(entry)) return;
    apis.delete(key);
    void known?.[Symbol.asyncDispose]();
    if (!entry || isOwn(entry)) return;
    if (loaded) follow(loaded, entry);
    else void (loading ??= load()).then(followAll, (error: unknown) => log(String(error)));
  };

  const follow = ({ followRemoteApi }: Loaded, entry: ApiEntry): void => {
    const api = followRemoteApi(entry, { store, client, log });
    if (api) apis.set(entry.key, api);
  };

  /** Those that came while loading. */
  const followAll = (modules: Loaded): void => {
    if (isEnding || loaded) return;
    loaded = modules;
    for (const entry of followed.entries.values()) {
      if (!isOwn(entry)) follow(modules, entry);
    }
  };

  const followed = mirror(store, apiServicesPrefix, put);

  return {
    synced: followed.synced.then(async () => {
      if (loading) followAll(await loading);
    }),
    claimantOf: (path) => {
      if (apis.size === 0) return undefined;
      const [, group, version] = /^\/apis\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path) ?? [];
      return [...apis.values()].find(
        ({ apiService }) => apiService.group === group && apiService.version === version,
      );
    },
    serve: async (exchange, claimant) => loaded?.forwardTo(claimant, exchange, options),
    groups: () => loaded?.remoteGroups([...apis.values()]) ?? [],
    [Symbol.asyncDispose]: async () => {
      isEnding = true;
      await followed[Symbol.asyncDispose]();
      await Promise.all([...apis.values()].map((api) => api[Symbol.asyncDispose]()));
    },
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

async function load() {
  const [{ followRemoteApi }, { remoteGroups }, { forwardTo }] = await Promise.all([
    import('./remote-api.ts'),
    import('./remote-groups.ts'),
    import('./forward-to.ts'),
  ]);
  return { followRemoteApi, remoteGroups, forwardTo };
}

/**
 * What a kube-proxy is told while a cluster changes: lists in pages, watches with bookmarks, one that is cut,
 * and one that asks for what is forgotten. Starts a lab for it, and prints a line for each thing told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab, type Lab } from '../lab/index.ts';
import type { ApiClient, KubeObject, WatchEvent } from '../proxies/kit/api/api-client.ts';
import { ApiError } from '../proxies/kit/api/errors.ts';
import { createUpstreamClient } from '../proxies/kit/api/upstream-client.ts';
import { proxiedSelector } from '../proxies/kube-proxy/endpoints/api-objects.ts';
import { clientFlags } from '../proxies/kit/client-flags.ts';
import { parseFlags } from '../proxies/kit/flags.ts';
import { loadClientConfig } from '../proxies/kit/kubeconfig/client-config.ts';
import { createUpstream } from '../proxies/kit/kubeconfig/upstream.ts';

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

const nodeName = 'node-1';
const collections = [
  { path: '/api/v1/services', query: { labelSelector: proxiedSelector } },
  { path: '/apis/discovery.k8s.io/v1/endpointslices', query: { labelSelector: proxiedSelector } },
  { path: '/api/v1/nodes', query: { fieldSelector: `metadata.name=${nodeName}` } },
  { path: '/apis/networking.k8s.io/v1/servicecidrs', query: {} },
] as const;
type Collection = (typeof collections)[number];
const pageSize = 4;
const shop = '/api/v1/namespaces/shop/services';
const catalog = '/apis/apps/v1/namespaces/shop/deployments/catalog';

const tell = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const progress = (text: string) => void process.stderr.write(`${text}\n`);

await using cleaning = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'hop-traffic-'));
cleaning.defer(() => rm(directory, { recursive: true, force: true }));
const lab = cleaning.use(
  await startLab({
    directory,
    mode: 'isolated',
    topology: { apiservers: 1, nodes: 2 },
    onProgress: progress,
  }),
);
const client = cleaning.use(await connect(lab));

const first = await list();
const watches = followAll(client, first);
await changeCluster(client);
progress('waiting for the bookmarks');
await watches.untilBookmarked();

progress('cutting the watches');
await lab.act('apiserver-1', 'kill');
await watches.ended;
tell({ cut: true });
await lab.act('apiserver-1', 'restart');
await untilAnswers(client);
await client.create(shop, made('late', { app: 'cart' }));
await client.delete(`${shop}/edge`);

progress('asking for what is forgotten');
await fillHistory(client);
for (const [{ path, query }, resourceVersion] of first) {
  const expired = await client
    .watch(path, { query, resourceVersion, signal: AbortSignal.timeout(10_000) }, () => null)
    .then(
      () => null,
      (error: unknown) => (error instanceof ApiError && error.code === 410 ? error : null),
    );
  if (expired === null) throw new Error(`${path}: nothing of it is forgotten`);
  tell({ watch: path, expired: expired.status });
}
const again = followAll(client, await list());
await client.patch(catalog, 'merge', { spec: { replicas: 4 } });
await again.untilEvent(isSliceOf('catalog', 4));
again.stop();
await again.ended;

async function connect({ kubeconfigPath: kubeconfig }: Lab) {
  const { env, stdin, stdout } = process;
  const flags = { ...parseFlags(clientFlags, []).values, kubeconfig };
  const config = await loadClientConfig(flags, { env, stdin, stdout });
  const upstream = createUpstream(config, { env, isTerminal: false, log: progress });
  return createUpstreamClient(upstream, { userAgent: 'hop-record' });
}

/** @returns from which revision to watch */
async function list(): Promise<ReadonlyMap<Collection, string>> {
  const revisions = new Map<Collection, string>();
  for (const collection of collections) {
    const { path, query } = collection;
    let next: string | undefined;
    do {
      const asked = { ...query, limit: pageSize, ...(next !== undefined && { continue: next }) };
      const answer: Page | null = await client.get<Page>(path, { query: asked }).catch(noSuch);
      if (answer === null) {
        tell({ list: path, status: 404 });
        break;
      }
      tell({ list: path, query: asked, answer });
      next = answer.metadata.continue;
      revisions.set(collection, answer.metadata.resourceVersion);
    } while (next !== undefined && next !== '');
  }
  return revisions;
}

/** An older cluster has no ServiceCIDRs. */
function noSuch(error: unknown): null {
  if (error instanceof ApiError && error.code === 404) return null;
  throw error;
}

type Told = WatchEvent<KubeObject> | { readonly type: string; readonly object: KubeObject };

function followAll(from: ApiClient, revisions: ReadonlyMap<Collection, string>) {
  const stop = new AbortController();
  const listeners = new Set<(event: Told) => void>();
  const bookmarked = new Set<string>();
  const untilEvent = async (isWanted: (event: Told) => boolean) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const listener = (event: Told) => {
      if (isWanted(event)) resolve(undefined);
    };
    listeners.add(listener);
    await promise;
    listeners.delete(listener);
  };
  const ends = [...revisions].map(([{ path, query }, resourceVersion]) =>
    from
      .watch(
        path,
        {
          query: { ...query, allowWatchBookmarks: true },
          resourceVersion,
          signal: stop.signal,
        },
        (event: Told) => {
          tell({ watch: path, event });
          if (event.type === 'BOOKMARK') bookmarked.add(path);
          for (const listener of listeners) listener(event);
        },
      )
      .catch(() => undefined),
  );
  return {
    ended: Promise.all(ends),
    stop: () => stop.abort(),
    untilEvent,
    untilBookmarked: async () => {
      while (bookmarked.size < revisions.size) await untilEvent(() => true);
    },
  };
}

/** A Deployment scales; Services come, change and go; the node gets a label. */
async function changeCluster(to: ApiClient): Promise<void> {
  const scale = async (replicas: number) => {
    progress(`scaling to ${replicas}`);
    const done = watches.untilEvent(isSliceOf('catalog', replicas));
    await to.patch(catalog, 'merge', { spec: { replicas } });
    await done;
  };
  await to.create(shop, made('edge', { app: 'catalog' }));
  await to.create(shop, made('brief', { app: 'front' }));
  await scale(5);
  await to.patch(`${shop}/edge`, 'merge', { spec: { type: 'NodePort' } });
  await to.patch(`${shop}/edge`, 'merge', { spec: { internalTrafficPolicy: 'Local' } });
  const { metadata } = await to.get(`/api/v1/nodes/${nodeName}`);
  const labels = { ...metadata.labels, 'example.com/rack': '7' };
  await to.patch(`/api/v1/nodes/${nodeName}`, 'merge', { metadata: { labels } });
  await to.delete(`${shop}/brief`);
  await scale(2);
}

function made(name: string, selector: Readonly<Record<string, string>>) {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector, ports },
  };
}

/** The store forgets the oldest changes when the last ones take more than 16 MiB. */
async function fillHistory(to: ApiClient): Promise<void> {
  const path = '/api/v1/namespaces/shop/configmaps';
  await to.create(path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' } });
  for (let size = 900_000; size < 900_024; size++) {
    await to.patch(`${path}/large`, 'merge', { data: { text: 'x'.repeat(size) } });
  }
}

function isSliceOf(name: string, endpoints: number) {
  return ({ object }: Told) =>
    object.metadata.labels?.['kubernetes.io/service-name'] === name &&
    'endpoints' in object &&
    Array.isArray(object.endpoints) &&
    object.endpoints.length === endpoints &&
    !JSON.stringify(object.endpoints).includes('"ready":false');
}

async function untilAnswers(from: ApiClient): Promise<void> {
  for (;;) {
    try {
      await from.get('/api/v1/services', { query: { limit: 1 } });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * A cluster of a proof's own with a cloud: an apiserver, nodes on loopback, and the service controller over the hop
 * cloud with its userspace dataplane.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, type ApiClient, type KubeObject } from '../../kit/api/api-client.ts';
import { isRefusal } from '../../kit/api/errors.ts';
import type { Hop } from '../../kit/hop.ts';
import type { Laboratory } from '../../kit/proof.ts';
import { hop } from '../facts/profiles/hop.ts';
import { hopsOfFlow } from '../flow-hops.ts';
import type { Dataplane } from '../forwarding.ts';
import type { HopCloud, HopCloudOptions, LoadBalancerView } from '../hop-cloud/options.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Provider } from '../provider.ts';
import type { Service, ServiceSpec } from '../service.ts';
import { startOwnNodes, type OwnNodes } from './own-nodes.ts';

export interface OwnCloudOptions {
  /** How many nodes. Default 1. */
  readonly nodes?: number;
  /** Whether anybody serves the Services. Default true. */
  readonly hasController?: boolean;
  /** Whose behaviour a Service is shown. Default: our own cloud’s. */
  readonly profileOf?: (service: Service) => ProviderProfile;
  /** Hears what becomes of flows: `hop` of the notebook. */
  readonly onHop?: (hop: Hop) => void;
  /** Something around the cloud, or around what moves the packets. */
  readonly around?: {
    readonly provider?: (provider: Provider) => Provider;
    readonly dataplane?: (dataplane: Dataplane) => Dataplane;
  };
}

export interface NewService {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: ServiceSpec;
}

export interface ToldEvent extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export interface OwnCloud extends AsyncDisposable {
  readonly own: OwnNodes;
  readonly client: ApiClient;
  /** Creates it, and has the nodes answer at its ports. */
  create(service: NewService): Promise<Service>;
  /** Null: it is gone. */
  get(name: string): Promise<Service | null>;
  /** What was told of a Service, in that order. */
  eventsOf(name: string): Promise<readonly ToldEvent[]>;
  /** Null: the cloud has none for it. */
  loadBalancerOf(name: string): LoadBalancerView | null;
  /** Looks again and again until it is so; the last that was seen. */
  until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, withinMs: number): Promise<T>;
}

export const namespace = 'default';
/** Where its Services are. */
export const servicesPath = `/api/v1/namespaces/${namespace}/services`;
const pauseMs = 25;
/** Patient: the machine may be busy. */
const syncTimeoutMs = 15_000;
const check = { intervalSeconds: 1, timeoutSeconds: 5 };

export async function startOwnCloud(
  laboratory: Laboratory,
  { nodes = 1, hasController = true, profileOf = () => hop, ...others }: OwnCloudOptions = {},
): Promise<OwnCloud> {
  await using starting = new AsyncDisposableStack();
  const { server, caPem, token } = starting.use(await laboratory.startApiserver());
  const client = starting.use(createApiClient({ server, caPem, token, userAgent: 'hop-proof' }));
  const own = starting.use(await startOwnNodes(nodes));
  await registerNodes(client, own);
  const cloud = hasController
    ? await startController(starting, client, own, { profileOf, ...others })
    : null;
  const running = starting.move();
  return {
    own,
    client,
    create: async ({ name, annotations = {}, spec }) => {
      const metadata = { name, annotations };
      const service = await client.create<Service>(servicesPath, { metadata, spec });
      await own.serve(service);
      return service;
    },
    get: (name) => getService(client, name),
    eventsOf: (name) => eventsOf(client, name),
    loadBalancerOf: (name) =>
      cloud?.loadBalancers().find(({ service }) => service === `${namespace}/${name}`) ?? null,
    until: async (look, isSo, withinMs) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const seen = await look();
        if (isSo(seen) || performance.now() > deadline) return seen;
        await pause(pauseMs, undefined, { signal: laboratory.signal });
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function registerNodes(client: ApiClient, { nodes }: OwnNodes): Promise<void> {
  for (const { name, address } of nodes) {
    await client.create('/api/v1/nodes', { metadata: { name } });
    const addresses = [{ type: 'InternalIP', address }];
    await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status: { addresses } });
  }
}

/** Loaded when a proof wants them. */
async function startController(
  starting: AsyncDisposableStack,
  client: ApiClient,
  { pool, healthPort }: OwnNodes,
  { profileOf, around = {}, onHop }: OwnCloudOptions & Pick<HopCloudOptions, 'profileOf'>,
): Promise<HopCloud> {
  const [{ createUserspaceDataplane }, { createHopCloud }, controller, events] = await Promise.all([
    import('../userspace/userspace-dataplane.ts'),
    import('../hop-cloud/provider.ts'),
    import('../controller/service-controller.ts'),
    import('../controller/tell-event.ts'),
  ]);
  const log = () => undefined;
  const { tell } = starting.use(events.createServiceEvents(client));
  const userspace = starting.use(await createUserspaceDataplane({ log }));
  const dataplane = around.dataplane?.(userspace) ?? userspace;
  const cloud = starting.use(
    await createHopCloud({
      dataplane,
      addressPools: [pool],
      profileOf,
      ipMode: 'Proxy',
      check: { ...check, port: healthPort },
      tell,
      log,
    }),
  );
  if (onHop) {
    const following = starting.use(
      cloud.onFlow((flow) => hopsOfFlow(flow, userspace.kind).forEach(onHop)),
    );
    await following.ready;
  }
  starting.use(
    await controller.startServiceController({
      client,
      provider: around.provider?.(cloud) ?? cloud,
      tell,
      log,
      concurrentServiceSyncs: 4,
      loadBalancerClass: null,
      syncTimeoutMs,
    }),
  );
  return cloud;
}

async function getService(client: ApiClient, name: string): Promise<Service | null> {
  try {
    return await client.get<Service>(`${servicesPath}/${name}`);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return null;
    throw error;
  }
}

async function eventsOf(client: ApiClient, name: string): Promise<readonly ToldEvent[]> {
  const { items } = await client.get<{ readonly items: readonly ToldEvent[] }>(
    `/api/v1/namespaces/${namespace}/events`,
    { query: { fieldSelector: `involvedObject.name=${name}` } },
  );
  return items.toSorted((one, other) => revisionOf(one) - revisionOf(other));
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion ?? 0);
}

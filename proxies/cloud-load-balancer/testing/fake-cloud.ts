/** For tests: a cloud that remembers, across controllers, what it has given; it fails and hangs when told to. */
import { defaultLoadBalancerName, type Provider } from '../provider.ts';
import type { LoadBalancerStatus, Node, Service } from '../service.ts';
import type { News } from './news.ts';

export type CloudCall = 'begin' | 'get' | 'ensure' | 'update' | 'delete';

export interface Balancer {
  readonly service: Service;
  readonly nodes: readonly string[];
  readonly status: LoadBalancerStatus;
}

export interface FakeCloud extends Provider {
  /** `ensure default/web node-1 node-2`, as they began. */
  readonly calls: string[];
  readonly balancers: ReadonlyMap<string, Balancer>;
  /** Calls that run now, by Service. */
  readonly running: ReadonlyMap<string, number>;
  /** The most that ever ran at once, for one Service and over all. */
  readonly most: { perService: number; all: number };
  /** Called at the beginning of each call: what it throws, or waits for, is the cloud's doing. */
  onCall: (call: CloudCall, service: Service | null, signal: AbortSignal) => Promise<void> | void;
}

export function createFakeCloud(news: News): FakeCloud {
  const balancers = new Map<string, Balancer>();
  const calls: string[] = [];
  const running = new Map<string, number>();
  const most = { perService: 0, all: 0 };
  let given = 0;

  const call = async <Result>(
    kind: CloudCall,
    service: Service | null,
    signal: AbortSignal,
    nodes: readonly Node[],
    act: () => Result,
  ): Promise<Result> => {
    const key = service ? `${service.metadata.namespace ?? ''}/${service.metadata.name}` : '';
    calls.push([kind, key, ...nodes.map(({ metadata }) => metadata.name)].join(' '));
    running.set(key, (running.get(key) ?? 0) + 1);
    most.perService = Math.max(most.perService, running.get(key) ?? 0);
    most.all = Math.max(
      most.all,
      [...running.values()].reduce((sum, count) => sum + count, 0),
    );
    news.tell();
    try {
      await cloud.onCall(kind, service, signal);
      return act();
    } finally {
      running.set(key, (running.get(key) ?? 0) - 1);
      news.tell();
    }
  };
  const put = (service: Service, nodes: readonly Node[]): Balancer => {
    const name = defaultLoadBalancerName(service);
    const known = balancers.get(name);
    const ip = known?.status.ingress?.[0]?.ip ?? `203.0.113.${++given}`;
    const names = nodes.map(({ metadata }) => metadata.name);
    const balancer = { service, nodes: names, status: { ingress: [{ ip }] } };
    balancers.set(name, balancer);
    return balancer;
  };
  const cloud: FakeCloud = {
    name: 'fake',
    calls,
    balancers,
    running,
    most,
    onCall: () => undefined,
    begin: (services, nodes, signal) =>
      call('begin', null, signal, nodes, () => {
        const names = new Set(services.map(defaultLoadBalancerName));
        for (const name of balancers.keys()) if (!names.has(name)) balancers.delete(name);
      }),
    getLoadBalancer: (service, signal) =>
      call('get', service, signal, [], () => {
        const shown = service.status?.loadBalancer;
        // An address of its own range: somebody has been told of it, whatever became of the rest.
        const isOwn = shown?.ingress?.some(({ ip = '' }) => ip.startsWith('203.0.113.'));
        return (
          balancers.get(defaultLoadBalancerName(service))?.status ?? (isOwn ? shown : null) ?? null
        );
      }),
    getLoadBalancerName: defaultLoadBalancerName,
    ensureLoadBalancer: (service, nodes, signal) =>
      call('ensure', service, signal, nodes, () => put(service, nodes).status),
    updateLoadBalancer: (service, nodes, signal) =>
      call('update', service, signal, nodes, () => void put(service, nodes)),
    ensureLoadBalancerDeleted: (service, signal) =>
      call('delete', service, signal, [], () => {
        balancers.delete(defaultLoadBalancerName(service));
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return cloud;
}

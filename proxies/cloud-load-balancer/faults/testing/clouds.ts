/** For tests: the clouds that controllers die over: one that remembers by itself, and ours, that remembers nothing. */
import { hop } from '../../facts/profiles/hop.ts';
import { createHopCloud } from '../../hop-cloud/provider.ts';
import { defaultLoadBalancerName, type Provider, type TellEvent } from '../../provider.ts';
import type { Service } from '../../service.ts';
import type { Clock } from '../../../kit/clock.ts';
import { createFakeCloud } from '../../testing/fake-cloud.ts';
import type { News } from '../../testing/news.ts';
import { createKernel } from './kernel.ts';
import type { Mortal } from './mortal.ts';

/** What is there of a load balancer, as the outside sees it. */
export interface Given {
  readonly addresses: readonly string[];
  /** `TCP/80` */
  readonly ports: readonly string[];
  readonly nodes: readonly string[];
}

export interface CloudUnderTest {
  /** What a controller gets that dies with `mortal`. */
  start(
    mortal: Mortal,
    with_: { readonly tell: TellEvent; readonly clock: Clock },
  ): Promise<Provider>;
  /** By the load balancer's name. */
  given(): ReadonlyMap<string, Given>;
  /** Fails what it is asked from now on, until it is called with null. */
  fail(error: Error | null): void;
  readonly nameOf: (service: Service) => string;
}

export type CloudName = 'a cloud that remembers' | 'the hop cloud';

export const clouds: Readonly<Record<CloudName, (news: News) => CloudUnderTest>> = {
  'a cloud that remembers': (news) => {
    const cloud = createFakeCloud(news);
    return {
      start: async (mortal) => mortal.provider(cloud),
      given: () =>
        new Map(
          [...cloud.balancers].map(([name, { service, nodes, status }]) => [
            name,
            {
              addresses: status.ingress?.map(({ ip = '' }) => ip) ?? [],
              ports: portsOf(service),
              nodes,
            },
          ]),
        ),
      fail: (error) => {
        cloud.onCall = (call) => {
          if (error && call !== 'get') throw error;
        };
      },
      nameOf: defaultLoadBalancerName,
    };
  },
  'the hop cloud': (news) => {
    const kernel = createKernel(() => news.tell());
    // Nobody is asked: nodes of these tests are only names.
    const profile = { ...hop, healthCheck: { ...hop.healthCheck, value: null } };
    return {
      start: async (mortal, { tell, clock }) => {
        const cloud = await createHopCloud({
          dataplane: mortal.dataplane(kernel),
          // Exactly as many as there are Services at once: one that leaks is missed.
          addressPools: ['203.0.113.1-203.0.113.3'],
          profileOf: () => profile,
          ipMode: 'VIP',
          clock,
          tell,
          log: () => undefined,
        });
        return mortal.provider(cloud);
      },
      given: () =>
        new Map(
          [...kernel.forwardings].map(([name, { addresses, ports, targets }]) => [
            name,
            {
              addresses: addresses.map(({ address }) => address),
              ports: ports.map(({ protocol, port }) => `${protocol}/${port}`),
              nodes: targets.map(({ node }) => node),
            },
          ]),
        ),
      fail: (error) => {
        kernel.onCall = () => {
          if (error) throw error;
        };
      },
      nameOf: defaultLoadBalancerName,
    };
  },
};

export function portsOf({ spec }: Service): readonly string[] {
  return spec.ports?.map(({ protocol = 'TCP', port }) => `${protocol}/${port}`) ?? [];
}

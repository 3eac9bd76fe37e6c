/**
 * The cloud beneath all profiles: it gives Services addresses of its pools, asks nodes for their health, and has
 * packets forwarded. It keeps nothing on disk: what it has given is in the Services' statuses.
 */
import { systemClock } from '../../kit/clock.ts';
import { defaultLoadBalancerName } from '../provider.ts';
import type { Service } from '../service.ts';
import { AddressBook } from './addresses/address-book.ts';
import { readPool } from './addresses/pool.ts';
import { HealthChecks } from './checks/health-checks.ts';
import { inTurn } from './in-turn.ts';
import { LoadBalancer } from './load-balancer.ts';
import type { HopCloud, HopCloudOptions } from './options.ts';
import { Replanning } from './replanning.ts';
import { Served } from './served.ts';
import { addressesIn, takeOver } from './take-over.ts';
import { viewOf } from './view.ts';

/** @throws Error for a pool that cannot be read */
export async function createHopCloud(options: HopCloudOptions): Promise<HopCloud> {
  const { addressPools, reservedAddresses = [], dataplane, clock = systemClock } = options;
  const book = new AddressBook({ pools: addressPools.map(readPool), reserved: reservedAddresses });
  const balancers = new Map<string, LoadBalancer>();
  const checks = new HealthChecks({ clock, onChange: (names) => replanning.changed(names) });
  const served = new Served(options, book, checks);
  const replanning = new Replanning({ balancers, served, clock, log: options.log });

  const balancerOf = (service: Service): LoadBalancer => {
    const name = defaultLoadBalancerName(service);
    const known = balancers.get(name);
    if (known) return known;
    const balancer = new LoadBalancer(name, service);
    for (const text of addressesIn(service)) served.hold(balancer, text);
    balancers.set(name, balancer);
    return balancer;
  };
  const ensure: HopCloud['ensureLoadBalancer'] = async (service, nodes, signal) => {
    signal.throwIfAborted();
    const balancer = balancerOf(service);
    return balancer.inTurn(async () => {
      balancers.set(balancer.name, balancer);
      try {
        await served.ensure(balancer, service, nodes);
        return balancer.status;
      } catch (error) {
        if (balancer.isEmpty) balancers.delete(balancer.name);
        throw error;
      }
    }, signal);
  };
  const beginning = inTurn();

  return {
    name: options.name ?? 'hop',
    begin: (services, nodes, signal) =>
      beginning(() => takeOver({ services, nodes, balancers, served, options }), signal),
    getLoadBalancer: async (service) =>
      balancers.get(defaultLoadBalancerName(service))?.status ?? null,
    getLoadBalancerName: defaultLoadBalancerName,
    ensureLoadBalancer: ensure,
    updateLoadBalancer: async (service, nodes, signal) => {
      await ensure(service, nodes, signal);
    },
    ensureLoadBalancerDeleted: async (service, signal) => {
      const name = defaultLoadBalancerName(service);
      const balancer = balancers.get(name);
      await balancer?.inTurn(async () => {
        await served.tearDown(balancer);
        balancers.delete(name);
      }, signal);
    },
    loadBalancers: () =>
      [...balancers.values()].flatMap((balancer) => viewOf(balancer, served.healthIn(balancer))),
    onFlow: (listener) => dataplane.onFlow(listener),
    [Symbol.asyncDispose]: async () => {
      replanning[Symbol.dispose]();
      checks[Symbol.dispose]();
    },
  };
}

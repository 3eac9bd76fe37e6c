/** For tests: a dataplane that forwards nothing, and remembers what it was told. */
import type { Dataplane, DataplaneAbilities, Forwarding } from '../../forwarding.ts';

export interface FakeDataplane extends Dataplane {
  /** What it would forward now. */
  readonly forwardings: ReadonlyMap<string, Forwarding>;
  /** `ensure shop/shop`, `remove a…`, `replaceAll 2` */
  readonly calls: readonly string[];
  /** The next calls wait for this before they do what they are asked. */
  hold(until: Promise<unknown>): void;
  /** The next calls fail with this; null: no more. */
  fail(error: Error | null): void;
}

const everything: DataplaneAbilities = {
  protocols: ['TCP', 'UDP', 'SCTP'],
  modes: ['VIP', 'Proxy'],
};

export function createFakeDataplane(abilities = everything): FakeDataplane {
  const forwardings = new Map<string, Forwarding>();
  const calls: string[] = [];
  let held: Promise<unknown> = Promise.resolve();
  let failure: Error | null = null;
  const called = async (call: string) => {
    calls.push(call);
    await held;
    if (failure !== null) throw failure;
  };
  return {
    kind: abilities === everything ? 'nftables' : 'userspace',
    abilities,
    forwardings,
    calls,
    hold: (until) => {
      held = until;
    },
    fail: (error) => {
      failure = error;
    },
    replaceAll: async (all) => {
      await called(`replaceAll ${all.length}`);
      forwardings.clear();
      for (const forwarding of all) forwardings.set(forwarding.name, forwarding);
    },
    ensure: async (forwarding) => {
      await called(`ensure ${forwarding.service}`);
      const others = [...forwardings.values()].filter(({ name }) => name !== forwarding.name);
      const taken = others.flatMap(({ addresses }) => addresses.map(({ address }) => address));
      const twice = forwarding.addresses.find(({ address }) => taken.includes(address));
      if (twice) throw new Error(`${twice.address} is another's`);
      forwardings.set(forwarding.name, forwarding);
    },
    remove: async (name) => {
      await called(`remove ${name}`);
      forwardings.delete(name);
    },
    onFlow: () => ({ ready: Promise.resolve(), [Symbol.dispose]: () => undefined }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** For tests: a dataplane that outlives controllers, as rules in a kernel do; it knows whose each address is. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Dataplane, Forwarding } from '../../forwarding.ts';

export interface Kernel extends Dataplane {
  readonly forwardings: ReadonlyMap<string, Forwarding>;
  /** What is thrown, or waited for, before anything is done. */
  onCall: (call: 'replaceAll' | 'ensure' | 'remove') => Promise<void> | void;
}

export function createKernel(onChange: () => void): Kernel {
  const forwardings = new Map<string, Forwarding>();
  const ended = { ready: Promise.resolve(), [Symbol.dispose]: () => undefined };
  const call = async (kind: 'replaceAll' | 'ensure' | 'remove', act: () => void) => {
    await turn();
    await kernel.onCall(kind);
    act();
    onChange();
  };
  const put = (forwarding: Forwarding) => {
    for (const other of forwardings.values()) {
      const shared = other.addresses.find(({ address }) =>
        forwarding.addresses.some((own) => own.address === address),
      );
      if (shared && other.name !== forwarding.name) {
        throw new Error(`${shared.address} is ${other.service}'s and ${forwarding.service}'s`);
      }
    }
    forwardings.set(forwarding.name, forwarding);
  };
  const kernel: Kernel = {
    kind: 'nftables',
    abilities: { protocols: ['TCP', 'UDP', 'SCTP'], modes: ['VIP', 'Proxy'] },
    forwardings,
    onCall: () => undefined,
    replaceAll: (all) =>
      call('replaceAll', () => {
        forwardings.clear();
        all.forEach(put);
      }),
    ensure: (forwarding) => call('ensure', () => put(forwarding)),
    remove: (name) => call('remove', () => void forwardings.delete(name)),
    onFlow: () => ended,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return kernel;
}

/**
 * Nodes that are this machine get nothing: what is sent on here goes past the rules that kube-proxy has for its node
 * ports here, so that connections would hang.
 */
import { networkInterfaces } from 'node:os';
import { formatIp, parseIp } from '../../kit/ip.ts';
import type { Dataplane, Forwarding, Target } from '../forwarding.ts';

export interface OwnNodesOptions {
  readonly log: (line: string) => void;
  /** Addresses of this machine now; for tests. */
  readonly ownAddresses?: () => readonly string[];
}

/** The same dataplane, without them. Clients are refused where there is no other node. */
export function withoutOwnNodes(
  dataplane: Dataplane,
  { log, ownAddresses = addressesHere }: OwnNodesOptions,
): Dataplane {
  const said = new Set<string>();
  const say = ({ node, address }: Target) => {
    const key = `${node} ${address}`;
    if (said.has(key)) return;
    said.add(key);
    log(
      `nftables: node ${node} at ${address} is this machine: it gets no connections, ` +
        'because the kernel cannot pass them on to its own node ports: use --dataplane userspace',
    );
  };
  const leftOut = (forwarding: Forwarding, own: ReadonlySet<string>): Forwarding => ({
    ...forwarding,
    targets: forwarding.targets.filter((target) => {
      const isOwn = own.has(normalized(target.address));
      if (isOwn) say(target);
      return !isOwn;
    }),
  });
  const ownNow = () => new Set(ownAddresses().map(normalized));
  return {
    kind: dataplane.kind,
    abilities: dataplane.abilities,
    replaceAll: (forwardings) => {
      const own = ownNow();
      return dataplane.replaceAll(forwardings.map((each) => leftOut(each, own)));
    },
    ensure: (forwarding) => dataplane.ensure(leftOut(forwarding, ownNow())),
    remove: (name) => dataplane.remove(name),
    onFlow: (listener) => dataplane.onFlow(listener),
    [Symbol.asyncDispose]: () => dataplane[Symbol.asyncDispose](),
  };
}

function addressesHere(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
}

function normalized(address: string): string {
  const ip = parseIp(address);
  return ip ? formatIp(ip) : address;
}

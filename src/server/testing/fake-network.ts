/** A lab's network without a lab: whoever connects is answered in turn by three pods. */
import type { Hop } from '../../../proxies/kit/hop.ts';
import { flowName, type ConnectOutcome } from '../../../proxies/kit/connect-request.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import type { LabNetwork } from '../live/backend.ts';

export interface FakeNetwork extends Omit<LabNetwork, 'mode' | 'connect'> {
  /** What was run, by machine. */
  readonly commands: readonly (readonly [machine: string, argv: readonly string[]])[];
  /** What `nft list table ip` says from now on. */
  listing: string;
  /** What comes of each connection from now on. */
  result: ConnectOutcome['result'];
  mode: LabNetwork['mode'];
  connect: LabNetwork['connect'];
}

export function fakeNetwork(): FakeNetwork {
  const listeners = new Set<(hop: Hop) => void>();
  const commands: (readonly [string, readonly string[]])[] = [];
  const network: FakeNetwork = {
    mode: 'isolated',
    commands,
    listing: '',
    result: 'ok',
    onHop: (listener) => {
      listeners.add(listener);
      const dispose = () => void listeners.delete(listener);
      return { ready: Promise.resolve(), [Symbol.dispose]: dispose };
    },
    connect: async (_, { protocol, messages = ['whoami'], count = 1 }, { onOutcome } = {}) => {
      const outcomes = Array.from({ length: count }, (_, index): ConnectOutcome => {
        const local = `10.244.1.2:${40_000 + index}`;
        const pod = `platform/echo-${index % 3}`;
        const isAnswered = network.result === 'ok';
        const backend = { pod, node: 'node-1', self: '10.244.1.3:7007', peer: local };
        const isAsked = messages.some((message) => message.trimEnd() === 'whoami');
        return {
          ...{ index, protocol, local, remote: '10.96.0.20:7', tookMs: 1, result: network.result },
          answers: isAnswered ? messages.map((message) => message.replace(/\n$/, '')) : [],
          backend: isAnswered && isAsked ? backend : null,
        };
      });
      for (const outcome of outcomes) {
        onOutcome?.(outcome);
        const flow = flowName(protocol, outcome.local ?? '');
        // In the order in which they may come, which is not theirs.
        for (const listener of outcome.result === 'ok' ? listeners : []) {
          listener(fakeHop(flow, 'kube-proxy', 'pod'));
          listener(fakeHop(flow, 'pod', 'kube-proxy'));
        }
      }
      return outcomes;
    },
    loadBalancers: async () => [],
    pathOf: async (source) => ({
      source,
      destination: '192.0.2.2:6443',
      backend: '172.30.0.12:6443',
      seenAs: '192.0.2.2:40000',
      dataplane: 'nftables',
      balance: 'round-robin',
      apiserver: 'apiserver-2',
    }),
    run: async (machine, argv) => {
      commands.push([machine, argv]);
      return { stdout: argv.includes('ip') ? network.listing : '', stderr: '', status: 0 };
    },
  };
  return network;
}

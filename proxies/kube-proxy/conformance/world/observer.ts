/**
 * Counts new connections where they come to the node and where they leave its hooks, beside the proxy's
 * table: what came and did not leave, without a word to the client, was dropped.
 */
import { openNftConnection } from '../../../kit/nftables/connection.ts';

export interface Counts {
  readonly came: number;
  /** On to a machine. */
  readonly left: number;
  /** To a socket of the node. */
  readonly arrived: number;
  /** Answers of the node itself. */
  readonly replied: number;
  /** Answered with an error. */
  readonly refused: number;
}

export interface Observer extends AsyncDisposable {
  counts(): Promise<Counts>;
}

const table = 'inet conformance-observer';
const isNew = 'meta l4proto { tcp, udp, sctp } ct state new';

/** After connection tracking and before the proxy; after the proxy. */
const rules = `
table ${table} {
  counter came { }
  counter left { }
  counter arrived { }
  counter replied { }
  counter refused { }
  chain prerouting { type filter hook prerouting priority -150; ${isNew} counter name came; }
  chain output { type filter hook output priority -150; ${isNew} counter name came; }
  chain input { type filter hook input priority 300; ${isNew} counter name arrived; }
  chain postrouting { type filter hook postrouting priority 300; ${isNew} counter name left; }
  chain answers { type filter hook output priority 300;
    ct direction reply counter name replied
    icmp type destination-unreachable counter name refused
    icmpv6 type destination-unreachable counter name refused
  }
}`;

export async function openObserver(): Promise<Observer> {
  const connection = await openNftConnection();
  await connection.run(rules);
  return {
    counts: async () => {
      const text = await connection.run(`list counters table ${table}`);
      const count = (name: string) =>
        Number(new RegExp(`counter ${name} \\{\\s*packets (\\d+)`).exec(text)?.[1] ?? Number.NaN);
      return {
        came: count('came'),
        left: count('left'),
        arrived: count('arrived'),
        replied: count('replied'),
        refused: count('refused'),
      };
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Where a case is played: a load balancer of the subject's kind, fresh, and what is seen of it. */
import type { DataplaneSubject } from '../../nftables/limits.ts';
import type { ForwardedAddress, Forwarding, Target } from '../../forwarding.ts';
import type { Transport } from '../../service.ts';
import type { ConformanceCase, Observed } from '../cases/case.ts';
import type { BalancerAgent } from './balancer-methods.ts';
import { ask, begin, type Live, type Question, type Told } from './client.ts';
import { nodeAddress, served, type NodeNumber } from './places.ts';
import type { BalancerProcess, World } from './world.ts';

export interface Stage {
  readonly balancer: BalancerAgent;
  /** Of `default/shop` at 203.0.113.10 and 2001:db8:113::10, with all nodes, unless said. */
  readonly forwarding: (over?: Partial<Forwarding>) => Forwarding;
  readonly ask: (question: Question) => Promise<Told>;
  readonly begin: (question: Question) => Promise<Live>;
  /** Whoever answers, asked until all of these have, or often enough: `node-1 node-2`. */
  readonly answering: (question: Question, expected: readonly NodeNumber[]) => Promise<string>;
  /** Asked while others are answered again and again: `silent` where nothing comes of it. */
  readonly askBeside: (question: Question, others: Question) => Promise<Told>;
  /** `kill -9`, and another in its place, which has replaced nothing yet. */
  readonly restart: () => Promise<void>;
  /** What is in the kernel of the load balancer's machine. */
  readonly traces: () => string;
  readonly runInBalancer: (...command: readonly string[]) => string;
}

export const shop: readonly ForwardedAddress[] = [
  { family: 'IPv4', address: '203.0.113.10' },
  { family: 'IPv6', address: '2001:db8:113::10' },
];

export function targetsOf(...numbers: readonly NodeNumber[]): readonly Target[] {
  return numbers.flatMap((number) =>
    (['IPv4', 'IPv6'] as const).map((family) => ({
      node: `node-${number}`,
      family,
      address: nodeAddress(number, family),
    })),
  );
}

/** One by which all three protocols are reached. */
export function portsOf(...protocols: readonly Transport[]): Forwarding['ports'] {
  return served.filter(({ protocol, port }) => port === 80 && protocols.includes(protocol));
}

export interface Theatre {
  play(one: ConformanceCase, subject: DataplaneSubject): Promise<Observed>;
}

/** A node of three that is left out of so many is left out for good: one in 10^17. */
const mostQuestions = 96;
const besideTimes = 3;

export function openTheatre(world: World): Theatre {
  return {
    play: async (one, subject) => {
      const kind = subject === 'userspace' ? 'userspace' : 'nftables';
      let running = await start(world, kind);
      const traces = () => tracesIn(world);
      const stage: Stage = {
        // Whoever it is now.
        get balancer() {
          return running.calls;
        },
        forwarding: (over) => ({
          name: 'ashop',
          service: 'default/shop',
          addresses: shop,
          mode: subject === 'nftables VIP' ? 'VIP' : 'Proxy',
          ports: portsOf('TCP', 'UDP', 'SCTP'),
          targets: targetsOf(1, 2, 3),
          sourceRanges: [],
          sessionAffinity: 'None',
          ...over,
        }),
        ask,
        begin,
        answering: async (question, expected) => {
          const answers = new Set<string>();
          for (let asked = 0; asked < mostQuestions; asked += 8) {
            const told = await Promise.all(Array.from({ length: 8 }, () => ask(question)));
            for (const each of told) answers.add(each.split(' ')[0] ?? '');
            if (expected.every((number) => answers.has(`node-${number}`))) break;
          }
          return [...answers].toSorted().join(' ');
        },
        askBeside: async (question, others) => {
          const giveUp = new AbortController();
          const answer = ask(question, giveUp.signal);
          for (let times = 0; times < besideTimes; times += 1) await ask(others);
          giveUp.abort();
          return answer;
        },
        restart: async () => {
          // It does not live to answer.
          running.calls.die().catch(() => undefined);
          await running.gone;
          running = await start(world, kind);
        },
        traces,
        runInBalancer: (...command) => world.lookAtBalancer(...command),
      };
      try {
        await running.calls.replaceAll([]);
        return await one.act(stage);
      } finally {
        await running.calls.stop();
        if (kind === 'nftables') await running.calls.cleanUp();
        running.disconnect();
        await running.gone;
      }
    },
  };
}

async function start(world: World, kind: 'nftables' | 'userspace'): Promise<BalancerProcess> {
  const running = await world.startBalancer();
  await running.calls.start(kind);
  return running;
}

/** Without the flows that are remembered, and what of the kernel's own changes by itself. */
function tracesIn(world: World): string {
  const look = (...command: string[]) => world.lookAtBalancer(...command).trim();
  return [
    look('nft', 'list', 'ruleset').replaceAll(
      /map flows \{[^}]*(?:elements = \{[^}]*\}[^}]*)?\}/g,
      '',
    ),
    look('ip', '-4', 'rule'),
    look('ip', '-6', 'rule'),
    look('ip', '-4', 'route', 'show', 'table', 'all'),
    look('ip', '-6', 'route', 'show', 'table', 'all'),
    look('ip', 'neighbour', 'show', 'proxy'),
    look('ss', '--no-header', '--listening', '--tcp', '--udp', '--numeric'),
  ].join('\n');
}

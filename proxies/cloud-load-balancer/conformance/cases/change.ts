/** What lives while things change. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConformanceCase } from './case.ts';
import { shop, targetsOf, portsOf, type Stage } from '../world/stage.ts';
import type { Live } from '../world/client.ts';

const [four] = shop.map(({ address }) => address) as [string];
const tcp = { protocol: 'TCP', to: four, port: 80 } as const;
const udp = { protocol: 'UDP', to: four, port: 80 } as const;

/** Asked again, it is still the same node that answers. */
async function staysWith(live: Live, before: string): Promise<string> {
  const now = await live.ask();
  return now === before ? 'stays' : now;
}

/** A UDP client's node once it is none of those that have gone. */
async function until(live: Live, isIt: (told: string) => boolean): Promise<string> {
  const patience = patient();
  for (;;) {
    const told = await live.ask();
    if (isIt(told) || patience.isOver()) return told.split(' ')[0] ?? '';
  }
}

/** Less than a test has: no case goes on beside the next. */
function patient(): { isOver(): boolean } {
  const endsAt = performance.now() + 30_000;
  return { isOver: () => performance.now() > endsAt };
}

/** What is there afterwards and was not before, or the other way round. */
async function differenceOf(stage: Stage, run: () => Promise<unknown>): Promise<string> {
  const before = partsOf(stage.traces());
  await run();
  const after = partsOf(stage.traces());
  const different = [...before.symmetricDifference(after)];
  return different.length === 0 ? 'nothing' : different.join('\n');
}

/** The kernel lists elements in an order of its own. */
function partsOf(traces: string): Set<string> {
  return new Set(traces.split(/[\n,{}]/).map((part) => part.trim()));
}

export const changeCases: readonly ConformanceCase[] = [
  {
    name: 'a node that comes gets new connections, and live ones stay',
    act: async ({ balancer, forwarding, begin, answering }) => {
      await balancer.ensure(forwarding({ targets: targetsOf(1) }));
      const connections = await Promise.all(Array.from({ length: 8 }, () => begin(tcp)));
      const datagrams = await begin(udp);
      const before = await Promise.all(connections.map((live) => live.ask()));
      const said = await datagrams.ask();
      await balancer.ensure(forwarding({ targets: targetsOf(1, 2) }));
      const after = await Promise.all(
        connections.map((live, index) => staysWith(live, before[index] ?? '')),
      );
      const seen = {
        'live connections': [...new Set(after)].join(', '),
        'live datagrams': await staysWith(datagrams, said),
        'new connections': await answering(tcp, [1, 2]),
      };
      for (const live of [...connections, datagrams]) live.close();
      return seen;
    },
    expect: {
      'live connections': 'stays',
      'live datagrams': 'stays',
      'new connections': 'node-1 node-2',
    },
  },
  {
    name: 'a node that goes gets nothing new, and datagrams go elsewhere',
    act: async ({ balancer, forwarding, begin, answering }) => {
      await balancer.ensure(forwarding({ targets: targetsOf(1) }));
      const connection = await begin(tcp);
      const datagrams = await begin(udp);
      const before = await connection.ask();
      await datagrams.ask();
      await balancer.ensure(forwarding({ targets: targetsOf(2, 3) }));
      const seen = {
        'new connections': await answering(tcp, [2, 3]),
        'new datagrams': await answering(udp, [2, 3]),
        'the live connection': await staysWith(connection, before),
        'live datagrams': (await until(datagrams, (told) => !told.startsWith('node-1'))).slice(
          0,
          5,
        ),
      };
      connection.close();
      datagrams.close();
      return seen;
    },
    expect: {
      'new connections': 'node-2 node-3',
      'new datagrams': 'node-2 node-3',
      'the live connection': 'stays',
      'live datagrams': 'node-',
    },
  },
  {
    name: 'a port that is changed is refused where it was',
    act: async ({ balancer, forwarding, ask }) => {
      const at = (port: number, nodePort: number) =>
        forwarding({ ports: [{ protocol: 'TCP', port, nodePort }], targets: targetsOf(1) });
      await balancer.ensure(at(80, 30080));
      const first = await ask(tcp);
      await balancer.ensure(at(81, 30081));
      return {
        before: first.split(' ')[0] ?? '',
        'the old port': await ask(tcp),
        'the new port': (await ask({ ...tcp, port: 81 })).split(' ')[0] ?? '',
      };
    },
    expect: { before: 'node-1', 'the old port': 'refused', 'the new port': 'node-1' },
  },
  {
    name: 'one that is removed is refused, and nothing of it is left',
    act: async (stage) => {
      const { balancer, forwarding, begin, ask } = stage;
      await balancer.ensure(
        forwarding({ name: 'aother', addresses: [{ family: 'IPv4', address: '203.0.113.11' }] }),
      );
      let live: Live | undefined;
      const left = await differenceOf(stage, async () => {
        await balancer.ensure(
          forwarding({ sourceRanges: ['192.0.2.0/24'], sessionAffinity: 'ClientIP' }),
        );
        live = await begin(tcp);
        await live.ask();
        await balancer.remove('ashop');
      });
      const seen = {
        left,
        'the live connection': (await live?.ask()) ?? '',
        'the other': (await ask({ ...tcp, to: '203.0.113.11' })).split('-')[0] ?? '',
      };
      live?.close();
      return seen;
    },
    expect: { left: 'nothing', 'the live connection': 'ended', 'the other': 'node' },
  },
  {
    name: 'killed and started anew, it has exactly what is wanted',
    act: async (stage) => {
      const { forwarding, begin, restart, answering, ask } = stage;
      await stage.balancer.ensure(forwarding({ targets: targetsOf(1, 2) }));
      await stage.balancer.ensure(
        forwarding({ name: 'agone', addresses: [{ family: 'IPv4', address: '203.0.113.12' }] }),
      );
      const connections = await Promise.all(Array.from({ length: 8 }, () => begin(tcp)));
      const before = await Promise.all(connections.map((live) => live.ask()));
      await restart();
      await stage.balancer.replaceAll([forwarding({ targets: targetsOf(1, 2) })]);
      const after = await Promise.all(
        connections.map((live, index) => staysWith(live, before[index] ?? '')),
      );
      for (const live of connections) live.close();
      const gone = { ...tcp, to: '203.0.113.12' };
      return {
        'live connections': [...new Set(after)].join(', '),
        'new connections': await answering(tcp, [1, 2]),
        'what is not wanted': await stage.askBeside(gone, tcp),
        'another port': await ask({ ...tcp, port: 81 }),
      };
    },
    expect: {
      'live connections': 'stays',
      'new connections': 'node-1 node-2',
      'what is not wanted': 'refused',
      'another port': 'refused',
    },
    instead: {
      userspace: [
        { because: 'killed', sees: { 'live connections': 'ended' } },
        { because: 'unassigned-address', sees: { 'what is not wanted': 'silent' } },
      ],
    },
  },
  {
    name: 'the cleanup leaves the machine as it was',
    act: async (stage) => {
      const { balancer, forwarding, ask } = stage;
      await balancer.stop();
      await balancer.cleanUp();
      const left = await differenceOf(stage, async () => {
        await stage.restart();
        await stage.balancer.replaceAll([forwarding()]);
        await ask(tcp);
        await stage.balancer.stop();
        await stage.balancer.cleanUp();
      });
      await stage.restart();
      return { left };
    },
    expect: { left: 'nothing' },
  },
  {
    name: 'flows are told as they begin',
    act: async ({ balancer, forwarding, ask }) => {
      await balancer.ensure(forwarding({ targets: targetsOf(3), ports: portsOf('TCP', 'UDP') }));
      await balancer.watch();
      await ask(tcp);
      await ask(udp);
      let flows = await balancer.flows();
      for (const patience = patient(); flows.length < 2 && !patience.isOver();) {
        await delay(20);
        flows = await balancer.flows();
      }
      return Object.fromEntries(
        flows.map(({ protocol, service, node, destination }) => [
          protocol,
          `${service} ${destination} ${node}`,
        ]),
      );
    },
    expect: {
      TCP: 'default/shop 203.0.113.10:80 node-3',
      UDP: 'default/shop 203.0.113.10:80 node-3',
    },
  },
];

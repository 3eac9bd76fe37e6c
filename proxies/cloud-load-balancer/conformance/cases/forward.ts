/** What comes in, and who gets it. */
import { fromBalancer, type ConformanceCase } from './case.ts';
import { balancerAddresses, clientAddresses } from '../world/places.ts';
import { portsOf, shop, targetsOf } from '../world/stage.ts';
import { transports } from '../../service.ts';

const [four, six] = shop.map(({ address }) => address) as [string, string];
const everybody = 'node-1 node-2 node-3';

export const forwardCases: readonly ConformanceCase[] = [
  {
    name: 'three protocols at one port reach every node, over both families',
    act: async ({ balancer, forwarding, answering }) => {
      await balancer.ensure(forwarding());
      const seen: Record<string, string> = {};
      for (const protocol of transports) {
        for (const [family, to] of [['IPv4', four] as const, ['IPv6', six] as const]) {
          const question = { protocol, to, port: 80 };
          const expected = protocol === 'SCTP' ? ([] as const) : ([1, 2, 3] as const);
          seen[`${protocol} over ${family}`] =
            protocol === 'SCTP'
              ? await answering(question, expected).then((who) =>
                  who === 'refused' ? who : 'a node',
                )
              : await answering(question, expected);
        }
      }
      return seen;
    },
    expect: {
      'TCP over IPv4': everybody,
      'TCP over IPv6': everybody,
      'UDP over IPv4': everybody,
      'UDP over IPv6': everybody,
      'SCTP over IPv4': 'a node',
      'SCTP over IPv6': 'a node',
    },
    instead: {
      userspace: [
        { because: 'sctp', sees: { 'SCTP over IPv4': 'refused', 'SCTP over IPv6': 'refused' } },
      ],
    },
  },
  {
    name: 'whom the pod sees',
    act: async ({ balancer, forwarding, ask }) => {
      await balancer.ensure(forwarding({ targets: targetsOf(2) }));
      return {
        'TCP over IPv4': await ask({ protocol: 'TCP', to: four, port: 80 }),
        'TCP over IPv6': await ask({ protocol: 'TCP', to: six, port: 80 }),
        'UDP over IPv4': await ask({ protocol: 'UDP', to: four, port: 80 }),
      };
    },
    expect: {
      'TCP over IPv4': `node-2 ${clientAddresses.IPv4[0]}`,
      'TCP over IPv6': `node-2 ${clientAddresses.IPv6[0]}`,
      'UDP over IPv4': `node-2 ${clientAddresses.IPv4[0]}`,
    },
    instead: fromBalancer({
      'TCP over IPv4': `node-2 ${balancerAddresses.cluster.IPv4}`,
      'TCP over IPv6': `node-2 ${balancerAddresses.cluster.IPv6}`,
      'UDP over IPv4': `node-2 ${balancerAddresses.cluster.IPv4}`,
    }),
  },
  {
    name: 'what no load balancer has is refused',
    act: async ({ balancer, forwarding, ask, askBeside }) => {
      await balancer.ensure(forwarding({ ports: portsOf('TCP') }));
      const beside = { protocol: 'TCP', to: four, port: 80 } as const;
      const unassigned = { protocol: 'TCP', to: '203.0.113.99', port: 80 } as const;
      return {
        'another port': await ask({ protocol: 'TCP', to: four, port: 81 }),
        'another protocol': await ask({ protocol: 'UDP', to: four, port: 80 }),
        'another port over IPv6': await ask({ protocol: 'TCP', to: six, port: 81 }),
        'another address': await askBeside(unassigned, beside),
      };
    },
    expect: {
      'another port': 'refused',
      'another protocol': 'refused',
      'another port over IPv6': 'refused',
      'another address': 'refused',
    },
    instead: {
      userspace: [{ because: 'unassigned-address', sees: { 'another address': 'silent' } }],
    },
  },
  {
    name: 'without targets clients are refused',
    act: async ({ balancer, forwarding, ask }) => {
      await balancer.ensure(forwarding({ targets: [] }));
      return {
        TCP: await ask({ protocol: 'TCP', to: four, port: 80 }),
        'TCP over IPv6': await ask({ protocol: 'TCP', to: six, port: 80 }),
        UDP: await ask({ protocol: 'UDP', to: four, port: 80 }),
        SCTP: await ask({ protocol: 'SCTP', to: four, port: 80 }),
      };
    },
    expect: { TCP: 'refused', 'TCP over IPv6': 'refused', UDP: 'refused', SCTP: 'refused' },
  },
  {
    name: 'two load balancers have one port at different addresses',
    act: async ({ balancer, forwarding, answering }) => {
      const other = { name: 'aother', service: 'default/other' };
      const addresses = [{ family: 'IPv4', address: '203.0.113.11' }] as const;
      await balancer.ensure(forwarding({ targets: targetsOf(1) }));
      await balancer.ensure(forwarding({ ...other, addresses, targets: targetsOf(2, 3) }));
      return {
        one: await answering({ protocol: 'TCP', to: four, port: 80 }, [1]),
        other: await answering({ protocol: 'TCP', to: '203.0.113.11', port: 80 }, [2, 3]),
      };
    },
    expect: { one: 'node-1', other: 'node-2 node-3' },
  },
  {
    name: 'one client stays with one node where that is asked for',
    act: async ({ balancer, forwarding, answering }) => {
      await balancer.ensure(forwarding({ sessionAffinity: 'ClientIP' }));
      const nodesOf = async (to: string) =>
        (await answering({ protocol: 'TCP', to, port: 80 }, [1, 2, 3])).split(' ').length;
      return { IPv4: `${await nodesOf(four)} node`, IPv6: `${await nodesOf(six)} node` };
    },
    expect: { IPv4: '1 node', IPv6: '1 node' },
  },
  {
    name: 'a node that is the load balancer’s own machine keeps nobody waiting',
    act: async ({ balancer, forwarding, ask, answering }) => {
      const own = (['IPv4', 'IPv6'] as const).map((family) => ({
        ...{ node: 'node-4', family },
        address: balancerAddresses.cluster[family],
      }));
      await balancer.ensure(forwarding({ targets: [...own, ...targetsOf(2)] }));
      const beside = {
        'TCP beside another': await answering({ protocol: 'TCP', to: four, port: 80 }, [2]),
        'IPv6 beside another': await answering({ protocol: 'TCP', to: six, port: 80 }, [2]),
      };
      await balancer.ensure(forwarding({ targets: own }));
      return { ...beside, 'TCP alone': await ask({ protocol: 'TCP', to: four, port: 80 }) };
    },
    expect: {
      'TCP beside another': 'node-2',
      'IPv6 beside another': 'node-2',
      'TCP alone': 'refused',
    },
    instead: {
      // It was sent there, where nobody serves in this world.
      userspace: [{ because: 'own-node', sees: { 'TCP alone': 'ended' } }],
    },
  },
];

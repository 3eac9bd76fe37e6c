/** Who may come. */
import type { ConformanceCase } from './case.ts';
import { clientAddresses } from '../world/places.ts';
import { shop } from '../world/stage.ts';
import { transports } from '../../service.ts';

const [four, six] = shop.map(({ address }) => address) as [string, string];

export const sourceRangeCases: readonly ConformanceCase[] = [
  {
    name: 'source ranges hold for each protocol and family',
    act: async ({ balancer, forwarding, ask, askBeside }) => {
      const sourceRanges = ['192.0.2.0/25', '2001:db8::/121', '2001:db8:0:0::9/128'];
      await balancer.ensure(forwarding({ sourceRanges }));
      const seen: Record<string, string> = {};
      for (const [family, to] of [['IPv4', four] as const, ['IPv6', six] as const]) {
        const beside = { protocol: 'TCP', to, port: 80 } as const;
        for (const protocol of transports) {
          const inside = await ask({ protocol, to, port: 80 });
          const outside = { protocol, to, port: 80, from: clientAddresses[family][1] };
          seen[`${protocol} over ${family}`] = [
            inside.startsWith('node-') ? 'answered' : inside,
            // Where nobody is let in, there is nobody to be left out.
            inside === 'refused' ? inside : await askBeside(outside, beside),
          ].join(', ');
        }
      }
      return seen;
    },
    expect: {
      'TCP over IPv4': 'answered, silent',
      'TCP over IPv6': 'answered, silent',
      'UDP over IPv4': 'answered, silent',
      'UDP over IPv6': 'answered, silent',
      'SCTP over IPv4': 'answered, silent',
      'SCTP over IPv6': 'answered, silent',
    },
    instead: {
      userspace: [
        {
          because: 'tcp-source-ranges',
          sees: { 'TCP over IPv4': 'answered, ended', 'TCP over IPv6': 'answered, ended' },
        },
        {
          because: 'sctp',
          sees: { 'SCTP over IPv4': 'refused, refused', 'SCTP over IPv6': 'refused, refused' },
        },
      ],
    },
  },
  {
    name: 'ranges of one family leave all of the other out',
    act: async ({ balancer, forwarding, ask, askBeside }) => {
      await balancer.ensure(forwarding({ sourceRanges: ['192.0.2.0/24'] }));
      const beside = { protocol: 'TCP', to: four, port: 80 } as const;
      return {
        IPv4: (await ask(beside)).split('-')[0] ?? '',
        IPv6: await askBeside({ protocol: 'UDP', to: six, port: 80 }, beside),
      };
    },
    expect: { IPv4: 'node', IPv6: 'silent' },
  },
];

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { externalClient, nodeIP, pod } from '../cases/addresses.ts';
import { twinOf } from '../cases/ipv6.ts';
import { flow, masqueradedTo, to } from '../cases/write.ts';
import type { Observed } from '../cases/case.ts';
import { whyNoWorld } from './why-no-world.ts';
import { openWorld, type World } from './world.ts';

const reason = whyNoWorld();
const both = (addresses: readonly string[]) => [...addresses, ...addresses.map(twinOf)];

describe.skipIf(reason !== null)(`the world (${reason ?? 'to be had here'})`, () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    await world.listen(
      (['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) =>
        both(['10.180.0.1', '10.180.2.1', '172.30.0.42']).map((address) => ({
          protocol,
          address,
          port: 80,
        })),
      ),
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const protocols = ['TCP', 'UDP', 'SCTP'] as const;
  const families = [
    { family: 'IPv4', ip: 'ip', at: (address: string) => address },
    { family: 'IPv6', ip: 'ip6', at: twinOf },
  ] as const;

  describe.each(families)('in $family', ({ ip, family, at }) => {
    const service = at('172.30.0.41');
    const backends = [at('10.180.0.1'), at('10.180.2.1')] as const;
    const texts = [at('10.180.0.1:80'), at('10.180.2.1:80')] as const;
    const everywhere = (rule: string) =>
      `table inet by-hand {
         chain prerouting { type nat hook prerouting priority -100; ${rule}; }
         chain output { type nat hook output priority -100; ${rule}; }
         chain postrouting { type nat hook postrouting priority 100; mark 1 masquerade; }
       }`;
    const dnat = (chosen: readonly string[], before = '') =>
      everywhere(
        `${ip} daddr ${service} ${before} dnat ${ip} to numgen random mod ${chosen.length} map { ` +
          chosen.map((address, index) => `${index} : ${address}`).join(', ') +
          ' }',
      );
    const filter = (verdict: string) =>
      `table inet by-hand {
         chain forward { type filter hook forward priority 0; ${ip} daddr ${service} ${verdict}; }
         chain output { type filter hook output priority 0; ${ip} daddr ${service} ${verdict}; }
       }`;
    const look = async (rules: string, client: string, expectation = to(...texts)) => {
      const nothing = { podCIDRs: [], nodePortIPs: [], nodeIPs: [], masqueradeBit: 14 };
      await world.open({ rules }, { ...nothing, family, masqueradeAll: false });
      try {
        const seen: Record<string, Observed> = {};
        for (const protocol of protocols) {
          const one = flow('', at(client), service, 80, expectation, protocol);
          seen[protocol] = await world.look(one);
        }
        return seen;
      } finally {
        await world.close();
      }
    };
    const allSee = (observed: Observed) => ({ TCP: observed, UDP: observed, SCTP: observed });

    it.each([pod, nodeIP, externalClient])(
      'tells who of two got connections of %s',
      async (client) => {
        expect(await look(dnat(backends), client)).toEqual(allSee(to(...texts)));
      },
    );

    it('tells that one of two never gets any', async () => {
      expect(await look(dnat(backends.slice(0, 1)), pod)).toEqual(allSee(to(texts[0])));
    });

    it.each([pod, nodeIP, externalClient])('tells that %s is masqueraded', async (client) => {
      const seen = await look(dnat(backends, 'mark set 1'), client);
      expect(seen).toEqual(allSee(masqueradedTo(...texts)));
    });

    it('tells that somebody reaches itself as itself', async () => {
      const seen = await look(dnat(backends.slice(0, 1)), '10.180.0.1', to(texts[0]));
      expect(seen).toEqual(allSee(to(texts[0])));
    });

    it.each([pod, nodeIP, externalClient])('tells that %s is refused', async (client) => {
      expect(await look(filter('reject'), client)).toEqual(allSee({ is: 'REJECT' }));
    });

    it.each([pod, nodeIP, externalClient])('tells that %s is dropped', async (client) => {
      expect(await look(filter('drop'), client)).toEqual(allSee({ is: 'DROP' }));
    });

    it.each([pod, nodeIP, externalClient])('tells that %s is let through', async (client) => {
      const rules = everywhere(`${ip} daddr ${at('172.30.0.42')} counter`);
      const nothing = { podCIDRs: [], nodePortIPs: [], nodeIPs: [], masqueradeBit: 14 };
      await world.open({ rules }, { ...nothing, family, masqueradeAll: false });
      const seen: Observed[] = [];
      for (const protocol of protocols) {
        const one = flow('', at(client), at('172.30.0.42'), 80, { is: 'untouched' }, protocol);
        seen.push(await world.look(one));
      }
      await world.close();
      expect(seen).toEqual([{ is: 'untouched' }, { is: 'untouched' }, { is: 'untouched' }]);
    });
  });
});

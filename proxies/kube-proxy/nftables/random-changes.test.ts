import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../kit/nftables/model.ts';
import type { ServicePortState } from '../service-port.ts';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import { port } from './testing/port.ts';

const pods = fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });
const few = (prefix: string) =>
  fc.uniqueArray(
    fc.integer({ min: 1, max: 2 }).map((last) => `${prefix}${last}`),
    { maxLength: 2 },
  );

/** Few names and addresses, so that ports often want what another has. */
const state: fc.Arbitrary<ServicePortState> = fc
  .record({
    name: fc.integer({ min: 1, max: 4 }),
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
    all: pods,
    localCount: fc.integer({ min: 0, max: 5 }),
    nodePort: fc.constantFrom(0, 30001, 30002),
    externalIPs: few('192.0.2.'),
    loadBalancerIPs: few('203.0.113.'),
    sourceRanges: fc.constantFrom(null, [], ['10.1.0.0/16', '10.0.0.0/8'], ['192.168.0.0/24']),
    isInternalLocal: fc.boolean(),
    isExternalLocal: fc.boolean(),
    affinitySeconds: fc.constantFrom(0, 60, 10800),
  })
  .map(({ name, all, localCount, ...rest }) => {
    const cluster = all.map((pod) => `10.0.0.${pod}`);
    const local = cluster.slice(0, localCount);
    return port({
      ...rest,
      name: `svc${name}`,
      clusterIP: `172.30.0.${name}`,
      cluster,
      local: rest.isInternalLocal || rest.isExternalLocal ? local : [],
      here: local,
    });
  });

const change = fc.record({
  changed: fc.uniqueArray(state, { maxLength: 3, selector: ({ key }) => key }),
  removed: fc.uniqueArray(state, { maxLength: 2, selector: ({ key }) => key }),
});

/** The ruleset without what history may differ in: the order of endpoints, and the ids of affinity. */
function comparable({ elements, chains }: Ruleset): unknown {
  const collections = [...elements].map(([name, entries]) => {
    const isNumbered = name.endsWith('-endpoints');
    const lines = [...entries.values()].map(({ key, data, comment }) =>
      `${isNumbered ? key.replace(/\d{1,2}$/, '') : key} ${comment} ${data}`.replaceAll(
        /0x48[0-9a-f]{6}/g,
        'id',
      ),
    );
    return [name, lines.sort()] as const;
  });
  return {
    collections: collections.sort(([a], [b]) => (a < b ? -1 : 1)),
    chains: [...chains.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

describe('any sequence of changes', () => {
  it('ends where a first sync of the same ports does, with nothing left over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.nat(), async (changes, seed) => {
        let nowMs = 0;
        const live = await fakeDataplane({ now: () => nowMs });
        const states = new Map<string, ServicePortState>();
        for (const [index, { changed, removed }] of changes.entries()) {
          const gone = removed.filter(({ key }) => !changed.some((one) => one.key === key));
          for (const { key } of gone) states.delete(key);
          for (const one of changed) states.set(one.key, one);
          // Now and then, everything is compared.
          if ((seed + index) % 5 === 0) live.dataplane.distrust();
          await live.sync(changed, gone);
        }
        await live.sync([]);
        nowMs += 1000;
        await live.sync([]);
        const fresh = await fakeDataplane();
        await fresh.sync([...states.values()].reverse());
        expect(comparable(live.ruleset())).toEqual(comparable(fresh.ruleset()));
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

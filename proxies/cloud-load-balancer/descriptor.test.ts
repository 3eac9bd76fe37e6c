import { describe, expect, it } from 'vitest';
import { eligibleNodes } from './controller/node-set.ts';
import { cloudLoadBalancer } from './descriptor.ts';
import { clouds } from './facts/clouds.ts';
import { events } from './facts/events.ts';
import { nodeRules, type NodeRule } from './facts/nodes.ts';
import { profiles } from './facts/profiles.ts';

const { claims, tables, examples } = cloudLoadBalancer;
const valuesOf = (name: string) =>
  claims.find(({ id }) => id === `cloud-load-balancer.${name}`)?.values ?? {};
const tableOf = (name: string) => {
  const table = tables.find(({ id }) => id === name);
  if (!table) throw new Error(`there is no table ${name}`);
  return table;
};

describe('the cloud load balancer states', () => {
  it('of nodes what its controller makes of them', () => {
    const rules: readonly NodeRule[] = nodeRules;
    for (const { id, node, isIncluded } of rules) {
      const named = { ...node, metadata: { ...node.metadata, name: id } };
      expect(eligibleNodes([named]), id).toHaveLength(isIncluded ? 1 : 0);
    }
  });

  it('every event that its controller writes, each in a row of its own', () => {
    const rows = tableOf('events').rows.map(({ cells }) => cells.reason);
    expect(rows).toEqual(Object.values(events).map(({ reason }) => reason));
  });

  it('how many providers there are, without its own', () => {
    expect(clouds).toHaveLength(profiles.length - 1);
    expect(valuesOf('provided-by-some-clouds').count).toBe(clouds.length);
    expect(tableOf('providers').rows.length).toBeGreaterThanOrEqual(clouds.length);
  });

  it('of SCTP something about each of them, and of none twice', () => {
    const { taking = [], conditional = [], refusing = [] } = valuesOf('sctp-depends-on-provider');
    const named = [taking, conditional, refusing].flat();
    expect(named.toSorted()).toEqual(clouds.map(({ title }) => title).toSorted());
  });

  it('examples of each protocol', () => {
    const protocols = examples.map(({ request }) => request.protocol);
    expect([...new Set(protocols)].toSorted()).toEqual(['http', 'sctp', 'tcp', 'udp']);
  });
});

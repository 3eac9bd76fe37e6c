import { describe, expect, it } from 'vitest';
import type { Forwarding } from '../forwarding.ts';
import { FamilyTable } from './family-table.ts';

const forwarding: Forwarding = {
  name: 'ashop',
  service: 'default/shop',
  addresses: [{ family: 'IPv4', address: '203.0.113.10' }],
  mode: 'VIP',
  ports: [{ protocol: 'TCP', port: 80, nodePort: 30080 }],
  targets: [
    { node: 'a', family: 'IPv4', address: '10.0.0.1' },
    { node: 'b', family: 'IPv4', address: '10.0.0.2' },
  ],
  sourceRanges: [],
  sessionAffinity: 'None',
};
const other = {
  ...forwarding,
  name: 'aother',
  addresses: [{ family: 'IPv4', address: '203.0.113.11' }],
} as const;

function tableWith(...names: readonly Forwarding[]): FamilyTable {
  const table = new FamilyTable('IPv4', () => 'eth1');
  table.begin(['203.0.113.0/24']);
  for (const one of names) table.change(one.name, one);
  return table;
}

describe('a change of the table of one family', () => {
  it('of what shares its targets with another costs only its elements', () => {
    expect(tableWith(forwarding).change(other.name, other)).toEqual([
      'add element ip cloud-lb addresses { 203.0.113.11 }',
      'add element ip cloud-lb vip { 203.0.113.11 . tcp . 80 : goto to-1 }',
    ]);
  });

  it('takes away what nobody else needs, and nothing else', () => {
    const table = tableWith(forwarding, other);
    expect(table.change(other.name, null)).toEqual([
      'delete element ip cloud-lb addresses { 203.0.113.11 }',
      'delete element ip cloud-lb vip { 203.0.113.11 . tcp . 80 }',
    ]);
    const last = table.change(forwarding.name, null);
    expect(last).toContain('delete chain ip cloud-lb to-1');
    expect(last).toContain('delete map ip cloud-lb slots-1');
    expect(last).toContain('delete set ip cloud-lb members-1');
    expect(table.vipNodes).toEqual([]);
  });

  it('is none where nothing differs', () => {
    expect(tableWith(forwarding).change(forwarding.name, { ...forwarding })).toEqual([]);
  });

  it('is none of another family’s', () => {
    const six = new FamilyTable('IPv6', () => 'eth1');
    expect(six.change(forwarding.name, forwarding)).toEqual([]);
  });

  it('leaves a node out that is on no network of ours', () => {
    const table = new FamilyTable('IPv4', ({ node }) => (node === 'a' ? 'eth1' : null));
    table.change(forwarding.name, forwarding);
    expect(table.vipNodes.map(({ target }) => target.node)).toEqual(['a']);
  });

  it('keeps an address that two have until both have gone', () => {
    const shared = {
      ...other,
      addresses: forwarding.addresses,
      ports: [{ protocol: 'UDP', port: 53, nodePort: 30053 }],
    } as const;
    const table = tableWith(forwarding, shared);
    const gone = 'delete element ip cloud-lb addresses { 203.0.113.10 }';
    expect(table.change(forwarding.name, null)).not.toContain(gone);
    expect(table.change(shared.name, null)).toContain(gone);
  });
});

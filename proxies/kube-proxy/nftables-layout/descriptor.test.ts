import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { layout } from '../nftables/layout.ts';
import { isSharedChain, sharedChain } from '../nftables/shared-chains.ts';
import { nftablesLayout } from './descriptor.ts';

const rows = nftablesLayout.tables.find(({ id }) => id === 'chains')?.rows ?? [];
const chainsOf = (cells: Readonly<Record<string, unknown>>) =>
  z.array(z.string()).parse(cells.chains);

const { chains } = layout({
  family: 'IPv4',
  podCIDRs: ['10.244.0.0/16'],
  nodePortIPs: ['172.30.0.21'],
  masqueradeBit: 14,
  masqueradeAll: false,
});

describe('the page of the nftables layout', () => {
  it('names each chain of the table, once', () => {
    const named = rows.flatMap(({ cells }) => chainsOf(cells));
    const fixed = named.filter((name) => !isSharedChain(name));
    expect(fixed.sort()).toEqual(chains.map(({ name }) => name).sort());
  });

  it('says where the base chains are hooked in', () => {
    const base = chains.filter(({ hook }) => hook !== undefined);
    for (const { name, hook } of base) {
      const row = rows.find(({ cells }) => chainsOf(cells).includes(name));
      expect(row?.cells.hook, name).toContain(`${hook?.type} ${hook?.hook}`);
      expect(row?.cells.priority, name).toBe(hook?.priority);
    }
  });

  it('has no base chain that there is not', () => {
    const hooked = rows.filter(({ cells }) => cells.priority !== '');
    const base = chains.filter(({ hook }) => hook !== undefined).map(({ name }) => name);
    expect(hooked.flatMap(({ cells }) => chainsOf(cells)).sort()).toEqual(base.sort());
  });

  it('shows the rules of a shared chain as they are', () => {
    const page = new URL('../../../content/docs/en/nftables-layout.mdx', import.meta.url);
    const [, shown = ''] = /chain pick-3 \{\n([^}]*)\}/.exec(readFileSync(page, 'utf8')) ?? [];
    const rules = sharedChain('ip', 'pick-3').rules.map(({ text }) => `  ${text}\n`);
    expect(shown).toBe(rules.join(''));
  });
});

import { describe, expect, it } from 'vitest';
import { createFakeNft } from './fake.ts';
import { outcomeText, possibleOutcomes, type Packet } from './interpret.ts';

const packet: Packet = {
  saddr: '10.0.0.9',
  daddr: '10.96.0.1',
  protocol: 'tcp',
  dport: 80,
  from: 'pod',
  nodeIPs: ['192.168.0.2'],
};

async function outcomes(commands: readonly string[], changed: Partial<Packet> = {}) {
  const nft = createFakeNft();
  await nft.run(
    ['add table ip t { comment "a table" ; }', ...commands].join('\n').replaceAll(' t@', ' ip t '),
  );
  const ruleset = nft.ruleset('ip', 't');
  if (ruleset === null) throw new Error('no table');
  return possibleOutcomes(ruleset, { ...packet, ...changed }).map(outcomeText);
}

const base = 'add chain t@nat { type nat hook prerouting priority -100 ; }';

describe('a packet', () => {
  it('goes on untouched where no rule is', async () => {
    expect(await outcomes([base])).toEqual(['untouched']);
  });

  it('goes to each endpoint that the dice may choose', async () => {
    const rules = [
      'add map t@ends { typeof ip daddr . tcp dport . numgen random mod 2 : ip daddr . tcp dport ; }',
      base,
      'add rule t@nat dnat ip to ip daddr . tcp dport . numgen random mod 3 map @ends',
      'add element t@ends { 10.96.0.1 . 80 . 0 : 10.1.0.1 . 8080, 10.96.0.1 . 80 . 1 : 10.1.0.2 . 8080, 10.96.0.1 . 80 . 2 : 10.1.0.3 . 8080 }',
    ];
    expect(await outcomes(rules)).toEqual(['10.1.0.1:8080', '10.1.0.2:8080', '10.1.0.3:8080']);
    expect(await outcomes(rules, { protocol: 'udp' })).toEqual(['untouched']);
  });

  it('comes back from a jump, and not from a goto', async () => {
    const rules = (verdict: string) => [
      'add chain t@first',
      'add chain t@second',
      'add chain t@filter { type filter hook forward priority 0 ; }',
      'add rule t@filter jump first',
      `add rule t@first ${verdict} second`,
      'add rule t@first drop',
      'add rule t@second return',
    ];
    expect(await outcomes(rules('jump'))).toEqual(['DROP']);
    expect(await outcomes(rules('goto'))).toEqual(['untouched']);
  });

  it('meets the hooks of where it comes from and goes to', async () => {
    const rules = [
      'add chain t@in { type filter hook input priority 0 ; }',
      'add chain t@out { type filter hook output priority 0 ; }',
      'add rule t@in reject',
      'add rule t@out drop',
    ];
    expect(await outcomes(rules)).toEqual(['untouched']);
    expect(await outcomes(rules, { daddr: '192.168.0.2' })).toEqual(['REJECT']);
    expect(await outcomes(rules, { from: 'node' })).toEqual(['DROP']);
  });

  it('is in a range of an interval set only with the rest of the key', async () => {
    const rules = [
      'add set t@allowed { type ipv4_addr . inet_service . ipv4_addr ; flags interval ; }',
      'add chain t@filter { type filter hook prerouting priority -110 ; }',
      'add rule t@filter ip daddr . th dport . ip saddr != @allowed drop',
      'add element t@allowed { 10.96.0.1 . 80 . 10.0.0.0/24 }',
    ];
    expect(await outcomes(rules)).toEqual(['untouched']);
    expect(await outcomes(rules, { dport: 81 })).toEqual(['DROP']);
    expect(await outcomes(rules, { saddr: '10.0.1.9' })).toEqual(['DROP']);
  });

  it('is known by the interface that it came in by; what the node sends came in by none', async () => {
    const rules = (test: string) => [
      'add chain t@filter { type filter hook prerouting priority 0 ; }',
      'add chain t@out { type filter hook output priority 0 ; }',
      `add rule t@filter ${test} drop`,
      `add rule t@out ${test} reject`,
    ];
    const at = (iifname: string) => ({ iifname });
    expect(await outcomes(rules('iifname "cbr0"'), at('cbr0'))).toEqual(['DROP']);
    expect(await outcomes(rules('iifname "cbr0"'), at('cbr01'))).toEqual(['untouched']);
    expect(await outcomes(rules('iifname "cbr*"'), at('cbr01'))).toEqual(['DROP']);
    expect(await outcomes(rules('iifname != "cbr*"'), at('cbr01'))).toEqual(['untouched']);
    expect(await outcomes(rules('iifname != "cbr*"'), { from: 'node' })).toEqual(['REJECT']);
  });

  it('is refused where a rule cannot be read', async () => {
    await expect(outcomes([base, 'add rule t@nat tcp flags syn drop'])).rejects.toThrow(
      'cannot read "tcp flags syn drop"',
    );
  });
});

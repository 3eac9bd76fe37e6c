import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForwardedAddress } from '../../forwarding.ts';
import type { Family } from '../../service.ts';
import { AddressBook } from './address-book.ts';
import { readPool } from './pool.ts';

function bookOf(pools: readonly string[], reserved: readonly string[] = []): AddressBook {
  return new AddressBook({ pools: pools.map(readPool), reserved });
}

function takeAll(book: AddressBook, family: Family): readonly string[] {
  const taken: string[] = [];
  for (;;) {
    const address = book.take(family, `holder ${taken.length}`);
    if (address === null) return taken;
    taken.push(address.address);
  }
}

describe('an address book', () => {
  it.each([
    ['203.0.113.8/30', ['203.0.113.9', '203.0.113.10']],
    ['203.0.113.8/31', ['203.0.113.8', '203.0.113.9']],
    ['203.0.113.8/32', ['203.0.113.8']],
    ['203.0.113.9-203.0.113.11', ['203.0.113.9', '203.0.113.10', '203.0.113.11']],
    ['203.0.113.7', ['203.0.113.7']],
    ['2001:DB8::/126', ['2001:db8::1', '2001:db8::2', '2001:db8::3']],
    ['2001:db8::/127', ['2001:db8::', '2001:db8::1']],
    ['2001:db8::ff - 2001:db8::100', ['2001:db8::ff', '2001:db8::100']],
  ])('gives of %s: %j', (pool, expected) => {
    const family = pool.includes(':') ? 'IPv6' : 'IPv4';
    expect(takeAll(bookOf([pool]), family)).toEqual(expected);
  });

  it.each([
    '203.0.113.0/33',
    '203.0.113.9-203.0.113.8',
    '203.0.113.1-2001:db8::1',
    'shop',
    '1-2-3',
  ])('does not take %s for a pool', (pool) => {
    expect(() => bookOf([pool])).toThrow(`address pool "${pool}"`);
  });

  it('uses up an earlier pool before a later one', () => {
    const book = bookOf(['203.0.113.8/32', '198.51.100.1/32', '2001:db8::1/128']);
    expect(takeAll(book, 'IPv4')).toEqual(['203.0.113.8', '198.51.100.1']);
  });

  it('keeps to itself what is somebody else’s', () => {
    const book = bookOf(['203.0.113.0/29'], ['203.0.113.1', '203.0.113.3']);
    expect(takeAll(book, 'IPv4')).toEqual([
      '203.0.113.2',
      '203.0.113.4',
      '203.0.113.5',
      '203.0.113.6',
    ]);
    expect(book.takeThis('203.0.113.1', 'anybody')).toBeNull();
    expect(book.describe('IPv4')).toBe('203.0.113.0/29 (6 of 6 in use)');
  });

  it('knows an address however it is written', () => {
    const book = bookOf(['2001:db8::/64']);
    expect(book.takeThis('2001:DB8:0::0005', 'one')).toEqual({
      family: 'IPv6',
      address: '2001:db8::5',
    });
    expect(book.takeThis('2001:db8::5', 'other')).toBeNull();
    expect(book.holderOf('2001:db8:0:0::5')).toBe('one');
  });

  it('gives no address twice, loses none, and says how many are in use', () => {
    const pools = ['203.0.113.0/29', '203.0.113.4-203.0.113.9'];
    const all = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((last) => `203.0.113.${last}`);
    const action = fc.oneof(
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('takeThis' as const), address: fc.constantFrom(...all) }),
      fc.record({ kind: fc.constant('giveBack' as const), nth: fc.nat({ max: 8 }) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const book = bookOf(pools);
        const held = new Map<string, string>();
        const hold = (given: ForwardedAddress | null, holder: string) => {
          if (given === null) return;
          expect(held.get(given.address)).toBeUndefined();
          held.set(given.address, holder);
        };
        for (const [turn, step] of actions.entries()) {
          const holder = `holder ${turn}`;
          if (step.kind === 'take') {
            const given = book.take('IPv4', holder);
            expect(given === null).toBe(held.size === all.length);
            const free = all.find((address) => !held.has(address));
            if (given) expect(given.address).toBe(free);
            hold(given, holder);
          } else if (step.kind === 'takeThis') {
            const given = book.takeThis(step.address, holder);
            expect(given === null).toBe(held.has(step.address));
            hold(given, holder);
          } else {
            const address = [...held.keys()][step.nth];
            if (address === undefined) continue;
            book.giveBack({ family: 'IPv4', address });
            held.delete(address);
          }
          expect(book.heldCount).toBe(held.size);
          for (const [address, owner] of held) expect(book.holderOf(address)).toBe(owner);
        }
      }),
    );
  });
});

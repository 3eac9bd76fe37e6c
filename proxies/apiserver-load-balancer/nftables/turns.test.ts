import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend.ts';
import { turnsOf } from './turns.ts';

const backends = ['a', 'b', 'c'].map((name): Backend => ({
  name,
  address: `10.0.0.${name.charCodeAt(0)}`,
  port: 6443,
  family: 'IPv4',
}));
const namesOf = (turns: readonly Backend[]) => turns.map(({ name }) => name).join('');

describe('the next connections', () => {
  it('go to one after the other', () => {
    expect(namesOf(turnsOf('round-robin', backends, new Map()))).toBe('abc');
  });

  it('go to the first', () => {
    expect(namesOf(turnsOf('first-healthy', backends, new Map()))).toBe('a');
    expect(namesOf(turnsOf('first-healthy', backends.slice(1), new Map()))).toBe('b');
  });

  it('go to nobody where there is nobody', () => {
    for (const balance of ['round-robin', 'first-healthy', 'least-connections'] as const) {
      expect(turnsOf(balance, [], new Map())).toEqual([]);
    }
  });

  it('go to whoever has fewest, until all have as many', () => {
    const active = new Map([
      ['a', 3],
      ['b', 1],
    ]);
    expect(namesOf(turnsOf('least-connections', backends, active)).slice(0, 9)).toBe('cbcbcabca');
  });

  it('leave no backend two ahead of another that had no more', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }), (counts) => {
        const active = new Map(backends.map(({ name }, index) => [name, counts[index] ?? 0]));
        for (const { name } of turnsOf('least-connections', backends, active)) {
          const count = active.get(name) ?? 0;
          expect(count).toBe(Math.min(...active.values()));
          active.set(name, count + 1);
        }
      }),
    );
  });
});

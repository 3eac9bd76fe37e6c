import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from '../service-port.ts';
import { keepOrder } from './stable-order.ts';

const backends = (hosts: string): readonly Backend[] =>
  hosts.split('').map((host) => ({ address: `10.0.0.${host}`, port: 80 }));

const hosts = (list: readonly Backend[]) =>
  list.map(({ address }) => address.slice('10.0.0.'.length)).join('');

it.each([
  { change: 'nothing', previous: '132', wanted: '123', order: '132' },
  { change: 'the first ones, sorted', previous: '', wanted: '312', order: '123' },
  { change: 'one comes', previous: '24', wanted: '4123', order: '2413' },
  { change: 'one goes', previous: '1234', wanted: '234', order: '423' },
  { change: 'the last one goes', previous: '1234', wanted: '123', order: '123' },
  { change: 'one takes the place of another', previous: '1234', wanted: '1349', order: '1934' },
  { change: 'two go, one comes', previous: '1234', wanted: '349', order: '943' },
  { change: 'all go', previous: '12', wanted: '', order: '' },
  { change: 'others come for all', previous: '12', wanted: '34', order: '34' },
])('$change: $previous, then $wanted, gives $order', ({ previous, wanted, order }) => {
  expect(hosts(keepOrder(backends(previous), backends(wanted)))).toBe(order);
});

it('gives the very same list where nothing comes or goes', () => {
  const previous = backends('312');
  expect(keepOrder(previous, backends('123'))).toBe(previous);
});

it('tells two ports of an address apart', () => {
  const previous = [{ address: '10.0.0.1', port: 80 }];
  expect(keepOrder(previous, [{ address: '10.0.0.1', port: 81 }])).toEqual([
    { address: '10.0.0.1', port: 81 },
  ]);
});

it('has each wanted one once, and moves no more than it must', () => {
  const some = fc
    .uniqueArray(fc.integer({ min: 1, max: 20 }))
    .map((all) => all.map((host): Backend => ({ address: `10.0.0.${host}`, port: 80 })));
  fc.assert(
    fc.property(some, some, (previous, wanted) => {
      const order = keepOrder(previous, wanted);
      const named = (list: readonly Backend[]) => list.map(({ address }) => address).sort();
      expect(named(order)).toEqual(named(wanted));
      const moved = order.filter((backend, place) => {
        const before = previous[place];
        return before !== undefined && before.address !== backend.address;
      });
      // Only places that somebody left are filled anew.
      const left = previous.filter(
        ({ address }) => !wanted.some((backend) => backend.address === address),
      );
      expect(moved.length).toBeLessThanOrEqual(left.length);
    }),
  );
});

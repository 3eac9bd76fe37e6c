import { describe, expect, it } from 'vitest';
import type { Target } from '../forwarding.ts';
import { NodeMarks } from './marks.ts';

const target = (number: number): Target => ({
  node: `node-${number}`,
  family: 'IPv4',
  address: `10.0.${number >> 8}.${number & 255}`,
});

describe('the marks of nodes', () => {
  it('are one for each node, however often it is used', () => {
    const marks = new NodeMarks();
    const first = marks.use(target(1), 'VIP', 'eth1');
    expect(marks.use(target(1), 'VIP', 'eth1')).toBe(first);
    expect(marks.use(target(2), 'VIP', 'eth1').mark).not.toBe(first.mark);
    expect(marks.use(target(1), 'Proxy', null).mark).not.toBe(first.mark);
  });

  it('stay with nodes that live connections may go to, as long as others are used', () => {
    const marks = new NodeMarks();
    const first = marks.use(target(1), 'VIP', 'eth1');
    const second = marks.use(target(2), 'VIP', 'eth1');
    marks.leave(first);
    expect(marks.all()).toEqual([first, second]);
    marks.leave(second);
    expect(marks.all()).toEqual([]);
  });

  it('go with nodes of Proxy, where connection tracking knows the way', () => {
    const marks = new NodeMarks();
    marks.use(target(2), 'VIP', 'eth1');
    marks.leave(marks.use(target(1), 'Proxy', null));
    expect(marks.all()).toMatchObject([{ target: target(2) }]);
  });

  it('are few, however many nodes have gone', () => {
    const marks = new NodeMarks();
    marks.use(target(0), 'VIP', 'eth1');
    for (let number = 1; number <= 300; number += 1) {
      marks.leave(marks.use(target(number), 'VIP', 'eth1'));
    }
    expect(marks.all()).toHaveLength(65);
  });

  it('are nobody else’s soon again', () => {
    const marks = new NodeMarks();
    const gone = marks.use(target(1), 'Proxy', null);
    marks.leave(gone);
    expect(marks.use(target(2), 'Proxy', null).mark).not.toBe(gone.mark);
  });
});

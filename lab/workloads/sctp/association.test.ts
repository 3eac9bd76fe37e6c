import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAssociation, type Association } from './association.ts';
import type { Chunk } from '../../../proxies/kit/sctp/packet.ts';

/** Two ends, and a wire between them that may lose what it is told to. */
function connectEnds(isLost: (chunk: Chunk, count: number) => boolean) {
  const heard: string[] = [];
  const closed: string[] = [];
  const wire: (() => void)[] = [];
  let count = 0;
  const end = (name: string, ownTsn: number, peerTsn: number, other: () => Association) =>
    createAssociation({
      ownTsn,
      peerTsn,
      transmit: (chunks) => {
        for (const sent of chunks) {
          count += 1;
          if (!isLost(sent, count)) wire.push(() => other().receive(sent));
        }
      },
      onMessage: ({ data }) => heard.push(`${name}:${data.toString()}`),
      onClosed: (how) => closed.push(`${name}:${how}`),
    });
  // Serial numbers wrap in the middle.
  const left: Association = end('left', 0xfffffffe, 7, () => right);
  const right: Association = end('right', 7, 0xfffffffe, () => left);
  const settle = () => {
    for (let next = wire.shift(); next; next = wire.shift()) next();
  };
  return { left, right, heard, closed, settle };
}

const text = (data: string) => ({ stream: 0, protocol: 0, data: Buffer.from(data) });

describe('an SCTP association', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends again what was lost, and delivers once and in order', () => {
    const lost = new Set([1, 3]);
    const ends = connectEnds((_, count) => lost.has(count));
    for (const word of ['a', 'b', 'c', 'd']) ends.left.send(text(word));
    ends.settle();
    expect(ends.heard).toEqual([]);
    vi.advanceTimersByTime(1000);
    ends.settle();
    expect(ends.heard).toEqual(['right:a', 'right:b', 'right:c', 'right:d']);
  });

  it('ends in order, after what was said has arrived', () => {
    const ends = connectEnds(() => false);
    ends.left.send(text('x'.repeat(3000)));
    ends.left.shutdown();
    ends.settle();
    expect(ends.heard).toEqual([`right:${'x'.repeat(3000)}`]);
    expect(ends.closed).toEqual(['left:shutdown', 'right:shutdown']);
  });

  it('gives up a peer that no longer answers', () => {
    const ends = connectEnds(() => true);
    ends.left.send(text('a'));
    vi.advanceTimersByTime(120_000);
    expect(ends.closed).toEqual(['left:lost']);
  });

  it('is told of an abort', () => {
    const ends = connectEnds(() => false);
    ends.left.abort();
    ends.settle();
    expect(ends.closed).toEqual(['left:abort', 'right:abort']);
  });
});

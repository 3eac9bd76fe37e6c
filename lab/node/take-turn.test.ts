import { describe, expect, it } from 'vitest';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { takeTurn } from './take-turn.ts';

const never = new AbortController().signal;

describe('whoever waits for its turn', () => {
  it('has it when the one before is done, one at a time', async () => {
    const address = await freeAddress();
    const order: string[] = [];
    const first = await takeTurn(address, never);
    const waiting = ['second', 'third'].map(async (name) => {
      await using turn = await takeTurn(address, never);
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
      return turn;
    });
    order.push('first ends');
    await first[Symbol.asyncDispose]();
    await Promise.all(waiting);
    expect(order).toHaveLength(5);
    expect(order[0]).toBe('first ends');
    expect(order[2]).toBe(order[1]?.replace('begins', 'ends'));
    expect(order[4]).toBe(order[3]?.replace('begins', 'ends'));
  });

  it('waits no longer than it wants to', async () => {
    const address = await freeAddress();
    await using held = await takeTurn(address, never);
    expect(held).toBeDefined();
    const stop = new AbortController();
    const waiting = takeTurn(address, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no address');
  return `127.0.0.1:${address.port}`;
}

import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

test('so many at once, the others in order', async () => {
  const turns = createTurns(1, 2);
  const order: string[] = [];
  const first = await turns.take(never);
  const second = turns.take(never).then((turn) => {
    order.push('second');
    turn[Symbol.dispose]();
  });
  const third = turns.take(never).then((turn) => {
    order.push('third');
    turn[Symbol.dispose]();
  });
  await expect(turns.take(never)).rejects.toMatchObject({ code: 'busy' });
  expect(order).toEqual([]);
  first[Symbol.dispose]();
  await Promise.all([second, third]);
  expect(order).toEqual(['second', 'third']);
  (await turns.take(never))[Symbol.dispose]();
});

test('who gives up waiting leaves the line, and takes nobody’s turn', async () => {
  const turns = createTurns(1, 2);
  const first = await turns.take(never);
  const impatience = new AbortController();
  const impatient = turns.take(impatience.signal);
  const patient = turns.take(never);
  impatience.abort(new Error('gone'));
  await expect(impatient).rejects.toThrow('gone');
  first[Symbol.dispose]();
  (await patient)[Symbol.dispose]();
});

test('a turn is given back once', async () => {
  const turns = createTurns(1, 0);
  const turn = await turns.take(never);
  turn[Symbol.dispose]();
  turn[Symbol.dispose]();
  await turns.take(never);
  await expect(turns.take(never)).rejects.toMatchObject({ code: 'busy' });
});

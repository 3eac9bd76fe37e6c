import { expect, it } from 'vitest';
import { createFakeClock } from '../../kit/testing/fake-clock.ts';
import { createHerald } from './herald.ts';

function world(device: string | null, failure?: Error) {
  const clock = createFakeClock();
  const said: string[] = [];
  const sent: string[] = [];
  const send = (to: string, addresses: readonly string[]) => {
    sent.push(`${to} ${addresses.join(' ')}`);
    return failure ? Promise.reject(failure) : Promise.resolve();
  };
  const herald = createHerald({ device, clock, log: (line) => void said.push(line), send });
  return { clock, herald, said, sent };
}

it('tells addresses when they come, and once more a second later', async () => {
  const { clock, herald, sent } = world('eth0');
  herald.tell(['a', 'b']);
  herald.tell(['a', 'b']);
  expect(sent).toEqual(['eth0 a b']);
  await clock.pass(1_000);
  expect(sent).toEqual(['eth0 a b', 'eth0 a b']);
  await clock.pass(60_000);
  expect(sent.length).toBe(2);
});

it('tells only what is new, and no more of what has gone', async () => {
  const { clock, herald, sent } = world('eth0');
  herald.tell(['a', 'b']);
  herald.tell(['b', 'c']);
  await clock.pass(1_000);
  expect(sent).toEqual(['eth0 a b', 'eth0 c', 'eth0 b', 'eth0 c']);
});

it('tells again what comes back', () => {
  const { herald, sent } = world('eth0');
  herald.tell(['a']);
  herald.tell([]);
  herald.tell(['a']);
  expect(sent).toEqual(['eth0 a', 'eth0 a']);
});

it('tells nothing after its end', async () => {
  const { clock, herald, sent } = world('eth0');
  herald.tell(['a']);
  herald[Symbol.dispose]();
  await clock.pass(1_000);
  expect(sent).toEqual(['eth0 a']);
});

it('tells nobody where there is no interface', () => {
  const { herald, sent } = world(null);
  herald.tell(['a']);
  expect(sent).toEqual([]);
});

it('says once that it cannot', async () => {
  const { clock, herald, said } = world('eth0', new Error('EPERM'));
  herald.tell(['a']);
  await clock.pass(1_000);
  expect(said).toEqual(['nftables: neighbours on eth0 are not told of addresses: Error: EPERM']);
});

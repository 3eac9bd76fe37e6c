import { expect, it } from 'vitest';
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import { CounterTotals } from './counters.ts';

/** What the kernel says of each family: its counters, or why it does not say. */
let kernel: Record<'ip' | 'ip6', { accepted: number; refused: number } | Error>;

const connection: NftConnection = {
  run: (command) => {
    const table = kernel[command.includes(' ip6 ') ? 'ip6' : 'ip'];
    if (table instanceof Error) return Promise.reject(table);
    const counters = Object.entries(table).map(([name, packets]) => ({
      counter: { name, packets },
    }));
    return Promise.resolve(JSON.stringify({ nftables: [{ metainfo: {} }, ...counters] }));
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const missing = new NftError('Error: No such file or directory');

it('adds up what counters of both families say, and those of tables that were replaced', async () => {
  const totals = new CounterTotals(connection, ['IPv4', 'IPv6']);
  kernel = { ip: missing, ip6: missing };
  expect(await totals.read()).toEqual({ accepted: 0, refused: 0 });
  kernel = { ip: { accepted: 5, refused: 1 }, ip6: { accepted: 2, refused: 0 } };
  expect(await totals.read()).toEqual({ accepted: 7, refused: 1 });
  // One is replaced while the other goes on.
  kernel = { ip: { accepted: 1, refused: 0 }, ip6: { accepted: 9, refused: 0 } };
  expect(await totals.read()).toEqual({ accepted: 15, refused: 1 });
  kernel = { ip: missing, ip6: { accepted: 9, refused: 0 } };
  expect(await totals.read()).toEqual({ accepted: 15, refused: 1 });
});

it('counts nothing twice when the kernel could not be asked', async () => {
  const totals = new CounterTotals(connection, ['IPv4']);
  const ip = { accepted: 5, refused: 1 };
  kernel = { ip, ip6: missing };
  await totals.read();
  kernel = { ip: new NftError('Error: Resource temporarily unavailable'), ip6: missing };
  expect(await totals.read()).toEqual(ip);
  kernel = { ip, ip6: missing };
  expect(await totals.read()).toEqual(ip);
});

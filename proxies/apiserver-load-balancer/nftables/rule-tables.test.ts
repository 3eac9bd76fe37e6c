import { expect, it } from 'vitest';
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Backend } from '../backend.ts';
import { RuleTables } from './rule-tables.ts';

const backend = (address: string): Backend => ({
  name: `${address}:6443`,
  address,
  port: 6443,
  family: 'IPv4',
});
const [one, two] = [backend('10.0.0.11'), backend('10.0.0.12')];
const listen = [
  { host: '0.0.0.0', port: 6443 },
  { host: '::', port: 6443 },
];

/** What was run, and what is to fail. */
function recorded() {
  const transactions: string[] = [];
  const state: { fails: boolean; onRun: () => void } = { fails: false, onRun: () => undefined };
  const connection: NftConnection = {
    run: (text) => {
      if (state.fails) return Promise.reject(new NftError('Could not process rule'));
      transactions.push(text);
      state.onRun();
      return Promise.resolve('');
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { transactions, state, tables: new RuleTables(connection, listen, 'round-robin') };
}

it('replaces the tables of both families at first, and changes one rule afterwards', async () => {
  const { tables, transactions } = recorded();
  await tables.write([one, two], new Map());
  await tables.write([two], new Map());
  expect(transactions).toHaveLength(2);
  expect(transactions[0]).toContain('delete table ip apiserver-lb\n');
  expect(transactions[0]).toContain('delete table ip6 apiserver-lb\n');
  expect(transactions[1]?.split('\n')).toEqual([
    'flush chain ip apiserver-lb balance',
    expect.stringContaining('dnat ip to numgen inc mod 1 map { 0 : 10.0.0.12 . 6443 }'),
  ]);
});

it('runs nothing for the same plan', async () => {
  const { tables, transactions } = recorded();
  expect(await tables.write([one], new Map())).toBe(true);
  expect(await tables.write([one], new Map())).toBe(false);
  expect(transactions).toHaveLength(1);
});

it('replaces the tables when nobody knows what is there', async () => {
  const { tables, transactions, state } = recorded();
  await tables.write([one], new Map());
  state.fails = true;
  await expect(tables.write([two], new Map())).rejects.toThrow(NftError);
  state.fails = false;
  await tables.write([two], new Map());
  tables.distrust();
  await tables.write([two], new Map());
  expect(transactions).toHaveLength(3);
  for (const text of transactions) expect(text).toContain('delete table ip apiserver-lb\n');
});

it('replaces them, too, when somebody changes them while they are written', async () => {
  const { tables, transactions, state } = recorded();
  state.onRun = () => tables.distrust();
  await tables.write([one], new Map());
  state.onRun = () => undefined;
  expect(await tables.write([one], new Map())).toBe(true);
  expect(await tables.write([one], new Map())).toBe(false);
  expect(transactions[1]).toContain('delete table ip apiserver-lb\n');
});

it('knows those that have connections still, and forgets the oldest of 256', async () => {
  const { tables, transactions } = recorded();
  for (let index = 0; index < 300; index += 1) {
    await tables.write([backend(`10.0.${index >> 8}.${index & 255}`)], new Map());
  }
  expect(transactions[1]).not.toContain('delete element');
  expect(transactions[299]).toContain(
    'delete element ip apiserver-lb backends { 10.0.0.43 . 6443 }',
  );
});

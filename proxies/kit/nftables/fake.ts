/** nftables in memory: takes the commands that we write, refuses what the kernel would, and can be looked at. */
import type { Chain, Collection, Element, NftFamily, Ruleset } from './model.ts';
import { NftError, type NftConnection, type NftRunOptions } from './nft-connection.ts';
import { readCommand, type Command } from './fake-commands.ts';
import { listJson } from './fake-list.ts';

/** A table that can be changed. */
export interface FakeTable {
  readonly chains: Map<string, Chain>;
  readonly collections: Map<string, Collection>;
  readonly elements: Map<string, Map<string, Element>>;
}

export interface FakeNft extends NftConnection {
  /** What is in a table now; null if there is none. */
  ruleset(family: NftFamily, table: string): Ruleset | null;
  /** What was run, without lists: one text a transaction. */
  readonly transactions: readonly string[];
  /** Makes transactions from now on fail, with these words; null ends it. */
  fail(words: string | null): void;
}

/** @param largestBytes what the kernel takes at once: in a user namespace about 208 KB */
export function createFakeNft(largestBytes = Infinity): FakeNft {
  let tables = new Map<string, FakeTable>();
  const transactions: string[] = [];
  let failure: string | null = null;
  return {
    transactions,
    fail: (words) => void (failure = words),
    ruleset: (family, table) => {
      const found = tables.get(`${family} ${table}`);
      return found === undefined ? null : { family, table, ...found };
    },
    run: async (text: string, options?: NftRunOptions) => {
      if (failure !== null) throw new NftError(failure);
      if (text.length > largestBytes) {
        throw new NftError('Could not process rule: Message too long');
      }
      const commands = text.split('\n').filter(Boolean).map(readCommand);
      if (commands.every(({ action }) => action === 'list')) {
        return listJson(tables, commands, options);
      }
      transactions.push(text);
      const next = copyOf(tables);
      for (const command of commands) apply(next, command);
      tables = next;
      return '';
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function copyOf(tables: ReadonlyMap<string, FakeTable>): Map<string, FakeTable> {
  const copies = [...tables].map(
    ([name, { chains, collections, elements }]): [string, FakeTable] => [
      name,
      {
        chains: new Map(chains),
        collections: new Map(collections),
        elements: new Map([...elements].map(([set, entries]) => [set, new Map(entries)])),
      },
    ],
  );
  return new Map(copies);
}

function apply(tables: Map<string, FakeTable>, command: Command): void {
  if (command.object === 'table') {
    if (command.action === 'delete') {
      if (!tables.delete(command.table)) refuse(command, missing);
    } else if (!tables.has(command.table)) {
      tables.set(command.table, { chains: new Map(), collections: new Map(), elements: new Map() });
    }
    return;
  }
  const table = tables.get(command.table) ?? refuse(command, missing);
  switch (command.object) {
    case 'chain':
      applyToChain(table, command);
      break;
    case 'rule':
      addRule(table, command);
      break;
    case 'collection':
      applyToCollection(table, command);
      break;
    case 'element':
      applyToElements(table, command);
      break;
  }
}

const missing = 'No such file or directory';
const exists = 'File exists';
const busy = 'Device or resource busy';

function refuse(command: Command, words: string): never {
  throw new NftError(`Could not process rule: ${words}\n${command.text.slice(0, 200)}`);
}

function applyToChain(table: FakeTable, command: Command & { object: 'chain' }): void {
  const { name, hook } = command;
  const chain = table.chains.get(name);
  if (command.action === 'add') {
    if (chain === undefined) table.chains.set(name, { name, rules: [], ...(hook && { hook }) });
    else if (hook !== undefined && JSON.stringify(chain.hook) !== JSON.stringify(hook)) {
      refuse(command, exists);
    }
    return;
  }
  if (chain === undefined) refuse(command, missing);
  if (command.action === 'flush') table.chains.set(name, { ...chain, rules: [] });
  else if (isNeeded(table, name)) refuse(command, busy);
  else table.chains.delete(name);
}

/** Whether a rule or an element leads to a chain. */
function isNeeded({ chains, elements }: FakeTable, name: string): boolean {
  const leads = (text: string) => new RegExp(`(?:goto|jump) ${name}(?: |$)`).test(text);
  return (
    [...chains.values()].some(({ rules }) => rules.some(({ text }) => leads(text))) ||
    [...elements.values()].some((entries) => [...entries.values()].some(({ data }) => leads(data)))
  );
}

function addRule(table: FakeTable, command: Command & { object: 'rule' }): void {
  const chain = table.chains.get(command.chain) ?? refuse(command, missing);
  for (const [, name = ''] of command.rule.text.matchAll(/@(\S+)/g)) {
    if (!table.collections.has(name)) refuse(command, missing);
  }
  checkChain(table, command, command.rule.text);
  table.chains.set(chain.name, { ...chain, rules: [...chain.rules, command.rule] });
}

function checkChain(table: FakeTable, command: Command, text: string): void {
  const [, name] = /(?:goto|jump) (\S+)/.exec(text) ?? [];
  if (name !== undefined && !table.chains.has(name)) refuse(command, missing);
}

function applyToCollection(table: FakeTable, command: Command & { object: 'collection' }): void {
  const { collection } = command;
  const existing = table.collections.get(collection.name);
  if (command.action === 'delete') {
    if (existing === undefined) refuse(command, missing);
    const rules = [...table.chains.values()].flatMap((chain) => chain.rules);
    if (rules.some(({ text }) => `${text} `.includes(`@${collection.name} `))) {
      refuse(command, busy);
    }
    table.collections.delete(collection.name);
    table.elements.delete(collection.name);
  } else if (existing === undefined) {
    table.collections.set(collection.name, collection);
    table.elements.set(collection.name, new Map());
  } else if (JSON.stringify(existing) !== JSON.stringify(collection)) {
    refuse(command, exists);
  }
}

function applyToElements(table: FakeTable, command: Command & { object: 'element' }): void {
  const entries = table.elements.get(command.collection) ?? refuse(command, missing);
  for (const element of command.elements) {
    const existing = entries.get(element.key);
    if (command.action === 'delete') {
      if (existing === undefined) refuse(command, missing);
      entries.delete(element.key);
      continue;
    }
    if (existing !== undefined && existing.data !== element.data) refuse(command, exists);
    checkChain(table, command, element.data);
    if (existing === undefined) entries.set(element.key, element);
  }
}

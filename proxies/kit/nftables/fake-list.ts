/** What the fake lists, as `nft --json` does. */
import type { Command } from './fake-commands.ts';
import type { FakeTable } from './fake.ts';
import type { Collection, Element } from './model.ts';
import { NftError, type NftRunOptions } from './nft-connection.ts';
import { kindOf } from './write.ts';

export function listJson(
  tables: ReadonlyMap<string, FakeTable>,
  commands: readonly Command[],
  options: NftRunOptions | undefined,
): string {
  if (options?.json !== true) throw new Error('the fake lists JSON alone');
  return JSON.stringify({ nftables: commands.flatMap((command) => [...listed(tables, command)]) });
}

function* listed(
  tables: ReadonlyMap<string, FakeTable>,
  command: Command,
): Generator<Record<string, object>> {
  if (command.object !== 'list') return;
  const { what } = command;
  const one = tables.get(command.table);
  const collection = one?.collections.get(what);
  if (!/^(?:tables|chains|sets|maps)$/.test(what)) {
    if (collection === undefined) throw new NftError('Error: No such file or directory');
    yield listedCollection(command.table, collection, one?.elements.get(what));
    return;
  }
  for (const [place, table] of tables) {
    const [family = '', name = ''] = place.split(' ');
    if (family !== command.table) continue;
    if (what === 'tables') yield { table: { family, name } };
    if (what === 'chains') {
      for (const chain of table.chains.values()) {
        const { type, hook, priority: prio } = chain.hook ?? {};
        yield { chain: { family, table: name, name: chain.name, type, hook, prio } };
      }
    }
    for (const one of table.collections.values()) {
      if (`${kindOf(one)}s` === what) yield listedCollection(place, one, undefined);
    }
  }
}

function listedCollection(
  place: string,
  collection: Collection,
  elements: ReadonlyMap<string, Element> | undefined,
): Record<string, object> {
  const { name, key, data, flags } = collection;
  const type = key.map((part) => types[part] ?? part);
  return {
    [kindOf(collection)]: {
      family: place.split(' ')[0],
      table: place.split(' ')[1],
      name,
      type: type.length === 1 ? type[0] : type,
      ...(data && { map: data.map((part) => types[part] ?? part).join(' . ') }),
      ...(flags && { flags: flags.filter((flag) => flag !== 'dynamic') }),
      ...(elements && { elem: [...elements.values()].map(listedElement) }),
    },
  };
}

const types: Readonly<Record<string, string>> = {
  'ip daddr': 'ipv4_addr',
  'ip6 daddr': 'ipv6_addr',
  'th dport': 'inet_service',
  'tcp dport': 'inet_service',
  'udp dport': 'inet_service',
  'sctp dport': 'inet_service',
  'ct mark': 'mark',
  'numgen random mod 2': 'integer',
};

function listedElement({ key, data, comment }: Element): unknown {
  const value = valueOf(key);
  const wrapped = comment === '' ? value : { elem: { val: value, comment } };
  return data === '' ? wrapped : [wrapped, dataOf(data)];
}

function valueOf(text: string): unknown {
  const parts = text.split(' . ').map((part) => {
    const [addr, len] = part.split('/');
    if (len !== undefined) return { prefix: { addr, len: Number(len) } };
    return /^(?:\d+|0x[0-9a-f]+)$/.test(part) ? Number(part) : part;
  });
  return parts.length === 1 ? parts[0] : { concat: parts };
}

function dataOf(text: string): unknown {
  const [word = '', target] = text.split(' ');
  if (word === 'goto' || word === 'jump') return { [word]: { target } };
  return word === 'drop' ? { drop: null } : valueOf(text);
}

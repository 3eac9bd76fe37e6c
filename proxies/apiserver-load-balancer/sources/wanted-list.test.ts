import { describe, expect, it } from 'vitest';
import { readEntry } from './entry.ts';
import { createResolver } from './resolve.ts';
import { createWantedList, type WantedList } from './wanted-list.ts';

interface World extends Disposable {
  /** What names are looked up in. */
  known: Record<string, readonly string[]>;
  /** Why no list can be put in force. */
  failure: Error | null;
  readonly applied: readonly (readonly string[])[];
  readonly warnings: readonly string[];
  /** The lists that were in force late; `late` resolves with the next of them. */
  readonly lates: readonly (readonly string[])[];
  late(): Promise<unknown>;
  readonly list: WantedList;
}

function createWorld(known: World['known'], retryMs = 3_600_000): World {
  const applied: string[][] = [];
  const warnings: string[] = [];
  const lates: string[][] = [];
  let next = Promise.withResolvers<undefined>();
  const list = createWantedList({
    resolver: createResolver(async (host) => {
      const addresses = world.known[host];
      if (!addresses) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
      return addresses;
    }),
    listen: () => [{ host: '0.0.0.0', port: 6443 }],
    apply: async (backends) => {
      if (world.failure) throw world.failure;
      applied.push(backends.map(({ name }) => name));
    },
    warn: (text) => void warnings.push(text),
    onLate: (backends) => {
      lates.push(backends.map(({ name }) => name));
      next.resolve(undefined);
      next = Promise.withResolvers();
    },
    retryMs,
  });
  const end = () => list[Symbol.dispose]();
  const late = () => next.promise;
  const told = { applied, warnings, lates };
  const world: World = { known, failure: null, ...told, late, list, [Symbol.dispose]: end };
  return world;
}

const entries = (...texts: readonly string[]) => texts.map((text) => readEntry(text, text));
const names = ({ backends }: WantedList) => backends.map(({ name }) => name);

describe('the list of backends in force', () => {
  it('has each address of a name, in an order that does not turn', async () => {
    using world = createWorld({ lb: ['10.0.0.2', 'fd00::2', '10.0.0.1'] });
    await world.list.replace(entries('lb:6443'));
    expect(names(world.list)).toEqual(['10.0.0.1:6443', '10.0.0.2:6443', '[fd00::2]:6443']);
    expect(world.list.backends.every(({ host }) => host === 'lb')).toBe(true);
    world.known.lb = ['10.0.0.1', '10.0.0.2', 'fd00::2'];
    await world.list.refresh();
    expect(world.applied).toHaveLength(1);
  });

  it('follows a name that leads elsewhere, and keeps its last addresses while nobody knows it', async () => {
    using world = createWorld({ a: ['10.0.0.1'], b: ['10.0.0.2'] });
    await world.list.replace(entries('a:6443', 'b:6443'));
    world.known = { b: ['10.0.0.3'] };
    await world.list.refresh();
    await world.list.refresh();
    expect(names(world.list)).toEqual(['10.0.0.1:6443', '10.0.0.3:6443']);
    expect(world.warnings).toEqual([
      'a:6443: cannot look up a (ENOTFOUND): its last addresses stay',
    ]);
    world.known = { a: ['10.0.0.4'], b: ['10.0.0.3'] };
    await world.list.refresh();
    expect(names(world.list)).toEqual(['10.0.0.4:6443', '10.0.0.3:6443']);
  });

  it('looks a name up from the root where it says so, and tells others of it without the dot', async () => {
    using world = createWorld({ 'lb.example.': ['10.0.0.1'] });
    await world.list.replace(entries('lb.example.:6443'));
    expect(world.list.backends).toMatchObject([{ name: '10.0.0.1:6443', host: 'lb.example' }]);
    world.known = {};
    await world.list.refresh();
    expect(world.warnings).toEqual([
      'lb.example.:6443: cannot look up lb.example. (ENOTFOUND): its last addresses stay',
    ]);
  });

  it('begins without a name that nobody knows yet, where there are others', async () => {
    using world = createWorld({ a: ['10.0.0.1'] });
    await world.list.replace(entries('a:6443', 'late:6443'));
    expect(names(world.list)).toEqual(['10.0.0.1:6443']);
    expect(world.warnings).toEqual([
      'late:6443: cannot look up late (ENOTFOUND): it is left out until it can be',
    ]);
    world.known.late = ['10.0.0.2'];
    await world.list.refresh();
    expect(names(world.list)).toEqual(['10.0.0.1:6443', '10.0.0.2:6443']);
  });

  it('stays where a new one has nobody, names somebody twice, or us', async () => {
    using world = createWorld({ a: ['10.0.0.1'], also: ['10.0.0.1'] });
    await world.list.replace(entries('a:6443'));
    const refused = async (...texts: readonly string[]) =>
      expect(world.list.replace(entries(...texts))).rejects;
    await (await refused()).toMatchObject({ hint: 'no-backends' });
    await (await refused('nobody:6443')).toMatchObject({ hint: 'unresolvable' });
    await (await refused('a:6443', 'also:6443')).toMatchObject({ hint: 'duplicate-backend' });
    await (await refused('a:6443', '127.0.0.9:6443')).toMatchObject({ hint: 'own-address' });
    // The one before is also what is looked up from then on.
    await world.list.refresh();
    expect(names(world.list)).toEqual(['10.0.0.1:6443']);
    expect(world.applied).toHaveLength(1);
    expect(world.warnings).toEqual([]);
  });

  it('stays where a new one cannot be put in force, and tries the next', async () => {
    using world = createWorld({});
    await world.list.replace(entries('10.0.0.1:6443'));
    world.failure = new Error('no');
    await expect(world.list.replace(entries('10.0.0.2:6443'))).rejects.toThrow('no');
    expect(names(world.list)).toEqual(['10.0.0.1:6443']);
    world.failure = null;
    await world.list.replace(entries('10.0.0.3:6443'));
    expect(names(world.list)).toEqual(['10.0.0.3:6443']);
    expect(world.applied).not.toContainEqual(['10.0.0.2:6443']);
    expect(world.list.changes).toBe(1);
    expect(world.lates).toEqual([]);
  });

  it('follows a new one that could not be put in force, as soon as it can be', async () => {
    using world = createWorld({}, 1);
    await world.list.replace(entries('10.0.0.1:6443'));
    const late = world.late();
    world.failure = new Error('no');
    await expect(world.list.replace(entries('10.0.0.2:6443'))).rejects.toThrow('no');
    await expect(world.list.replace(entries())).rejects.toThrow('empty');
    await world.list.refresh();
    await world.list.refresh();
    world.failure = null;
    await late;
    expect(names(world.list)).toEqual(['10.0.0.2:6443']);
    expect(world.lates).toEqual([['10.0.0.2:6443']]);
    expect(world.warnings).toEqual(['The list before stays: no']);
    expect(world.list.changes).toBe(1);
  });

  it('may be the one before again, of which nobody is late to hear', async () => {
    using world = createWorld({});
    await world.list.replace(entries('10.0.0.1:6443'));
    world.failure = new Error('no');
    await expect(world.list.replace(entries('10.0.0.2:6443'))).rejects.toThrow('no');
    await world.list.replace(entries('10.0.0.1:6443'));
    world.failure = null;
    await world.list.refresh();
    expect(names(world.list)).toEqual(['10.0.0.1:6443']);
    expect(world.applied).toHaveLength(1);
    expect(world.lates).toEqual([]);
  });

  it('leaves out what cannot be meant where nobody here wrote it', async () => {
    using world = createWorld({});
    const texts = ['10.0.0.1:6443', '127.0.0.1:6443', '10.0.0.1:6443'];
    await world.list.replace(entries(...texts), false);
    await world.list.replace(entries(...texts, '10.0.0.2:6443'), false);
    expect(names(world.list)).toEqual(['10.0.0.1:6443', '10.0.0.2:6443']);
    expect(world.warnings).toHaveLength(2);
  });

  it('keeps to one spelling of an address', async () => {
    using world = createWorld({});
    await world.list.replace(entries('[FD00:0:0::1]:6443', '[::ffff:10.0.0.1]:6443'));
    expect(names(world.list)).toEqual(['[fd00::1]:6443', '10.0.0.1:6443']);
    const twice = entries('[fd00::1]:6443', '[fd00:0::1]:6443');
    await expect(world.list.replace(twice)).rejects.toMatchObject({ hint: 'duplicate-backend' });
  });
});

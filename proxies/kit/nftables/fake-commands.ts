/** Reads the commands that our writer writes, for the fake. */
import type { BaseHook, Collection, CollectionFlag, Element, Rule } from './model.ts';

interface Base {
  /** `ip kube-proxy`; of some lists the family alone. */
  readonly table: string;
  readonly text: string;
}

export type Command = Base &
  (
    | { readonly object: 'table'; readonly action: 'add' | 'delete' }
    | {
        readonly object: 'chain';
        readonly action: 'add' | 'delete' | 'flush';
        readonly name: string;
        readonly hook?: BaseHook;
      }
    | {
        readonly object: 'rule';
        readonly action: 'add';
        readonly chain: string;
        readonly rule: Rule;
      }
    | {
        readonly object: 'collection';
        readonly action: 'add' | 'delete';
        readonly collection: Collection;
      }
    | {
        readonly object: 'element';
        readonly action: 'add' | 'delete';
        readonly collection: string;
        readonly elements: readonly Element[];
      }
    | { readonly object: 'list'; readonly action: 'list'; readonly what: string }
  );

/** @throws Error naming a command that our writer does not write */
export function readCommand(text: string): Command {
  for (const [pattern, make] of forms) {
    const match = pattern.exec(text);
    if (match !== null) return make(match.slice(1), text);
  }
  throw new Error(`the fake does not know: ${text}`);
}

type Make = (groups: readonly (string | undefined)[], text: string) => Command;

const forms: readonly (readonly [RegExp, Make])[] = [
  [
    /^list (tables|chains|sets|maps) (\S+)$/,
    ([what = '', table = ''], text) => ({ object: 'list', action: 'list', what, table, text }),
  ],
  [
    /^list (?:set|map) (\S+ \S+) (\S+)$/,
    ([table = '', what = ''], text) => ({ object: 'list', action: 'list', what, table, text }),
  ],
  [
    /^(add|delete) table (\S+ \S+)/,
    ([action, table = ''], text) => ({ object: 'table', action: addOr(action), table, text }),
  ],
  [
    /^(add|delete|flush) chain (\S+ \S+) (\S+)(?: \{ type (filter|nat) hook (\S+) priority (-?\d+) ; \})?$/,
    ([action, table = '', name = '', type, hook, priority], text) => ({
      object: 'chain',
      action: action === 'flush' ? 'flush' : addOr(action),
      table,
      name,
      text,
      ...(hook !== undefined && {
        hook: {
          type: type === 'nat' ? 'nat' : 'filter',
          // The writer writes nothing else.
          hook: hook as BaseHook['hook'],
          priority: Number(priority),
        },
      }),
    }),
  ],
  [
    /^add rule (\S+ \S+) (\S+) (.*?)(?: comment "([^"]*)")?$/,
    ([table = '', chain = '', rule = '', comment], text) => ({
      object: 'rule',
      action: 'add',
      table,
      chain,
      rule: { text: rule, ...(comment !== undefined && { comment }) },
      text,
    }),
  ],
  [
    /^(add|delete) (?:set|map) (\S+ \S+) (\S+)(?: \{ (.*) \})?$/,
    ([action, table = '', name = '', declaration = ''], text) => ({
      object: 'collection',
      action: addOr(action),
      table,
      collection: readDeclaration(name, declaration),
      text,
    }),
  ],
  [
    /^(add|delete) element (\S+ \S+) (\S+) \{ (.*) \}$/,
    ([action, table = '', collection = '', elements = ''], text) => ({
      object: 'element',
      action: addOr(action),
      table,
      collection,
      elements: [...elements.matchAll(/(?:[^",]|"[^"]*")+/g)].map(([one]) =>
        readElement(one.trim()),
      ),
      text,
    }),
  ],
];

function addOr(action: string | undefined): 'add' | 'delete' {
  return action === 'add' ? 'add' : 'delete';
}

function readDeclaration(name: string, text: string): Collection {
  const [, by, key = '', data] = /^(type|typeof) (.*?)(?: : (.*?))? ;/.exec(text) ?? [];
  const [, size] = /; size (\d+) ;/.exec(text) ?? [];
  const [, flags] = /; flags (\S+) ;/.exec(text) ?? [];
  const [, comment] = /; comment "([^"]*)" ;/.exec(text) ?? [];
  return {
    name,
    by: by === 'typeof' ? 'typeof' : 'type',
    key: key.split(' . '),
    ...(data !== undefined && { data: data.split(' . ') }),
    ...(size !== undefined && { size: Number(size) }),
    // The writer writes nothing else.
    ...(flags !== undefined && { flags: flags.split(',') as CollectionFlag[] }),
    ...(comment !== undefined && { comment }),
  };
}

function readElement(text: string): Element {
  const [, key = '', comment = '', data = ''] =
    /^(.*?)(?: timeout \d+s)?(?: comment "([^"]*)")?(?: : (.*))?$/.exec(text) ?? [];
  return { key, data, comment };
}

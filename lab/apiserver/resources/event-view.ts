/**
 * One stored event, two ways to write it: core v1 calls `involvedObject` and `message` what
 * events.k8s.io/v1 calls `regarding` and `note`.
 */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import type { ApiObject } from '../api-object.ts';
import type { ApiEntry, ApiStore } from '../registry.ts';

const names: readonly (readonly [core: string, named: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];
const toNamed = new Map(names);
const toCore = new Map(names.map(([core, named]) => [named, core]));

export function toCoreEvent(event: ApiObject): ApiObject {
  return renamed(event, toCore);
}

export function toNamedEvent(event: ApiObject): ApiObject {
  return renamed(event, toNamed);
}

function renamed(event: ApiObject, by: ReadonlyMap<string, string>): ApiObject {
  const fields = Object.entries(event).map(([field, value]): [string, Json | undefined] => [
    by.get(field) ?? field,
    value,
  ]);
  const named: JsonObject = Object.fromEntries(fields);
  return { ...named, metadata: event.metadata };
}

const [corePrefix, namedPrefix] = ['/core/events/', '/events.k8s.io/events/'];
const seen = new WeakMap<ApiEntry, ApiEntry>();

/** The store, with core events where events of events.k8s.io are looked for. */
export function viewAsNamedEvents(store: ApiStore): ApiStore {
  return {
    isReady: () => store.isReady(),
    currentRevision: () => store.currentRevision(),
    compact: (revision) => store.compact(revision),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    get: async (key, ...rest) => {
      const entry = await store.get(storedKey(key), ...rest);
      return entry && shown(entry);
    },
    list: async (request) => {
      const page = await store.list({
        ...request,
        prefix: storedKey(request.prefix),
        ...(request.after === undefined ? {} : { after: storedKey(request.after) }),
      });
      return page.result === 'page' ? { ...page, entries: page.entries.map(shown) } : page;
    },
    create: async (key, value) => written(await store.create(storedKey(key), stored(key, value))),
    update: async (key, value, revision) =>
      written(await store.update(storedKey(key), stored(key, value), revision)),
    delete: async (key, revision) => written(await store.delete(storedKey(key), revision)),
    watch: (request) =>
      store.watch({
        ...request,
        prefix: storedKey(request.prefix),
        onChange: (change) => {
          const entry = shown(change.entry);
          if (change.type === 'delete') {
            request.onChange({ ...change, entry, previous: shown(change.previous) });
          } else {
            request.onChange({
              ...change,
              entry,
              previous: change.previous && shown(change.previous),
            });
          }
        },
      }),
  };
}

function written<Write extends object>(write: Write & { readonly entry?: ApiEntry }): Write {
  return write.entry ? { ...write, entry: shown(write.entry) } : write;
}

function storedKey(key: string): string {
  return key.startsWith(namedPrefix) ? corePrefix + key.slice(namedPrefix.length) : key;
}

function stored(key: string, value: ApiObject): ApiObject {
  return key.startsWith(namedPrefix) ? toCoreEvent(value) : value;
}

/** The same entry always gives the same one: what is made of it is made once. */
function shown(entry: ApiEntry): ApiEntry {
  if (!entry.key.startsWith(corePrefix)) return entry;
  const earlier = seen.get(entry);
  if (earlier) return earlier;
  const key = namedPrefix + entry.key.slice(corePrefix.length);
  // Without the text that the store has kept: it is written in the other names.
  const fresh = { key, value: toNamedEvent(entry.value), revision: entry.revision };
  seen.set(entry, fresh);
  return fresh;
}

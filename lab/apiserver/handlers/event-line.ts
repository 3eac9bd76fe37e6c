/** The lines of a watch, each made once for all watches that see it in the same shape. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { partialKind, partialText, readPartialRequest } from '../partial-metadata.ts';
import { kindText, objectTextOf, type ApiEntry } from '../registry.ts';
import { apiVersionOf } from '../resource.ts';
import { createTable, readTableRequest } from '../tables.ts';
import type { Call } from './call.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Writes the events of one watch, as objects or as tables of one row. */
export interface EventLines {
  event(type: EventType, entry: ApiEntry): Uint8Array;
  bookmark(revision: number, annotations?: JsonObject): Uint8Array;
}

/** The last entry that watches were told of, with its lines by shape: all of them want it at once. */
let told: { readonly entry: ApiEntry; readonly lines: Map<string, Uint8Array> } | undefined;

export function createEventLines(call: Call): EventLines {
  const { resource } = call;
  const table = readTableRequest(call);
  const version = apiVersionOf(resource);
  const partial = readPartialRequest(call.request);
  const shape = table
    ? `${version} ${table.version} ${table.includeObject}`
    : `${version} ${partial ?? ''}`;
  /** Only the first table has columns. */
  let isHeadless = false;

  const objectText = (entry: ApiEntry): string => {
    if (partial) return partialText(entry, partial);
    if (!table) return objectTextOf(resource, entry);
    const metadata = { resourceVersion: String(entry.revision) };
    return JSON.stringify(createTable(resource, [entry], table, metadata, isHeadless));
  };

  return {
    event: (type, entry) => {
      if (told?.entry !== entry) told = { entry, lines: new Map() };
      const form = `${type} ${isHeadless} ${shape}`;
      const made = told.lines.get(form);
      const line = made ?? Buffer.from(`{"type":"${type}","object":${objectText(entry)}}\n`);
      if (!made) told.lines.set(form, line);
      isHeadless = table !== undefined;
      return line;
    },
    bookmark: (revision, annotations) => {
      const metadata = {
        resourceVersion: String(revision),
        ...(annotations ? { annotations } : {}),
      };
      const text = table
        ? JSON.stringify(createTable(resource, [], table, metadata, true))
        : partial
          ? JSON.stringify({ ...partialKind(partial), metadata })
          : `{${kindText(resource)},"metadata":${JSON.stringify(metadata)}}`;
      return Buffer.from(`{"type":"BOOKMARK","object":${text}}\n`);
    },
  };
}

/** An error as the last event of a watch. */
export function errorLine(status: JsonObject): Uint8Array {
  return Buffer.from(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
}

/** `get` and `list`. */
import type { JsonObject } from '../api-object.ts';
import type { Unavailable } from '../../store/store.ts';
import {
  objectOf,
  itemTextOf,
  keyOf,
  keyPrefix,
  objectTextOf,
  type ApiEntry,
} from '../registry.ts';
import { JsonText } from '../respond.ts';
import { apiVersionOf } from '../resource.ts';
import { everything, readSelector } from '../selectors.ts';
import { badRequest, expired, notFound, StatusError } from '../status.ts';
import { createTable, readTableRequest } from '../tables.ts';
import type { Call, Reply } from './call.ts';

export async function get(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  const entry = await store.get(keyOf(resource, info.namespace, info.name));
  if (!entry) throw notFound(resource, info.name);
  const table = readTableRequest(call);
  if (table) {
    const body = createTable(resource, [entry], table, { resourceVersion: String(entry.revision) });
    return { status: 200, body };
  }
  return { status: 200, body: new JsonText(objectTextOf(resource, entry)) };
}

export async function list(call: Call): Promise<Reply> {
  const { resource, info, store } = call;
  const selector = readSelector(resource, info.query);
  const { limit, after, revision } = readPosition(info.query);
  const prefix = keyPrefix(resource, info.namespace);
  const isFiltered = selector !== everything;
  const page = await store.list({
    prefix,
    // A selector thins the page out afterwards: then the limit counts what is left.
    ...(limit > 0 && !isFiltered ? { limit } : {}),
    ...(after === undefined ? {} : { after: prefix + after }),
    ...(revision === undefined ? {} : { revision }),
  });
  if (page.result !== 'page') {
    throw unavailable(page, revision ?? 0, after !== undefined);
  }
  const matching = isFiltered
    ? page.entries.filter((entry) => selector(objectOf(entry)))
    : page.entries;
  const entries = limit > 0 ? matching.slice(0, limit) : matching;
  const remaining = page.remaining + matching.length - entries.length;
  const metadata = listMetadata(page.revision, entries, prefix, remaining, isFiltered);

  const table = readTableRequest(call);
  if (table) return { status: 200, body: createTable(resource, entries, table, metadata) };
  const items = entries.map(itemTextOf).join(',');
  const kind = `"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}"`;
  return {
    status: 200,
    body: new JsonText(`{${kind},"metadata":${JSON.stringify(metadata)},"items":[${items}]}`),
  };
}

export interface ListMetadata extends JsonObject {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

function listMetadata(
  revision: number,
  entries: readonly ApiEntry[],
  prefix: string,
  remaining: number,
  isFiltered: boolean,
): ListMetadata {
  const last = entries.at(-1);
  const resourceVersion = String(revision);
  if (remaining === 0 || !last) return { resourceVersion };
  return {
    resourceVersion,
    continue: encodeContinue({ revision, after: last.key.slice(prefix.length) }),
    // Upstream cannot know it either when a selector is set.
    ...(isFiltered ? {} : { remainingItemCount: remaining }),
  };
}

/** Which part of which revision a list asks for. */
function readPosition(query: URLSearchParams): {
  readonly limit: number;
  readonly after?: string;
  readonly revision?: number;
} {
  const limit = readInteger(query, 'limit');
  const token = query.get('continue') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  if (token !== '') {
    if (version !== '' && version !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    return { limit, ...decodeContinue(token) };
  }
  if (version === '' || version === '0') return { limit };
  const revision = Number(version);
  if (!/^\d+$/.test(version)) throw badRequest(`invalid resource version "${version}"`);
  // "Not older than" is what a list of now always is, once that revision exists.
  return match === 'Exact' || (match === '' && limit > 0) ? { limit, revision } : { limit };
}

export function readInteger(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^-?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
  return Number(text);
}

/** The token of upstream's form: a version, the revision, and where to go on. */
function encodeContinue({ revision, after }: { revision: number; after: string }): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decodeContinue(token: string): { readonly revision: number; readonly after: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof parsed === 'object' && parsed && 'rv' in parsed && 'start' in parsed) {
      const { rv, start } = parsed;
      if (typeof rv === 'number' && typeof start === 'string') {
        return { revision: rv, after: start.replace(/\0$/, '') };
      }
    }
  } catch {
    // Not our token: said below.
  }
  throw badRequest('continue key is not valid: illegal base64 data at input byte 0');
}

function unavailable(
  { result, revision: current }: Unavailable,
  wanted: number,
  isContinued: boolean,
): StatusError {
  if (result === 'compacted') {
    return expired(
      isContinued
        ? 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'
        : 'The resourceVersion for the provided list is too old.',
    );
  }
  return new StatusError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  );
}

/** `get` and `list`. */
import type { ListRequest, Unavailable } from '../../store/store.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { partialListText, partialText, readPartialRequest } from '../partial-metadata.ts';
import {
  itemTextOf,
  keyOf,
  keyPrefix,
  objectOf,
  objectTextOf,
  type ApiEntry,
  type ApiStore,
} from '../registry.ts';
import { apiVersionOf } from '../resource.ts';
import { JsonText } from '../../../proxies/kit/apiserver/respond.ts';
import { everything, readSelector } from '../selectors.ts';
import { badRequest, expired, notFound, StatusError } from '../status.ts';
import { createTable, readTableRequest } from '../tables.ts';
import { awaitRevision } from './await-revision.ts';
import type { Call, Reply } from './call.ts';
import {
  ContinueExpiredError,
  encodeContinue,
  readListPosition,
  type ListPosition,
} from './list-options.ts';

export async function get(call: Call): Promise<Reply> {
  const { resource, info, store, signal } = call;
  const version = info.query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) throw badRequest(`invalid resource version "${version}"`);
  const freshness = version === '' ? {} : { notOlderThan: Number(version) };
  const key = keyOf(resource, info.namespace, info.name);
  let entry = await store.get(key, freshness);
  if (
    Number(version) > (entry?.revision ?? 0) &&
    Number(version) > (await store.currentRevision())
  ) {
    await awaitRevision(store, Number(version), signal);
    const current = await store.currentRevision();
    if (Number(version) > current) throw tooLarge(Number(version), current);
    entry = await store.get(key, freshness);
  }
  if (!entry) throw notFound(resource, info.name);
  const table = readTableRequest(call);
  if (table) {
    const body = createTable(resource, [entry], table, { resourceVersion: String(entry.revision) });
    return { status: 200, body };
  }
  const partial = readPartialRequest(call.request);
  const text = partial ? partialText(entry, partial) : objectTextOf(resource, entry);
  return { status: 200, body: new JsonText(text) };
}

export async function list(call: Call): Promise<Reply> {
  const { resource, info } = call;
  const selector = readSelector(resource, info.query);
  const position = readListPosition(info.query);
  const { limit, after, ...when } = position;
  const prefix = keyPrefix(resource, info.namespace);
  const isFiltered = selector !== everything;
  const page = await listPatiently(call, {
    prefix,
    // A selector thins the page out afterwards: then the limit counts what is left.
    ...(limit > 0 && !isFiltered ? { limit } : {}),
    ...(after === undefined ? {} : { after: prefix + after }),
    ...when,
  });
  if (page.result !== 'page') throw listError(page, position);
  const matching = isFiltered
    ? page.entries.filter((entry) => selector(objectOf(entry)))
    : page.entries;
  const entries = limit > 0 ? matching.slice(0, limit) : matching;
  const remaining = page.remaining + matching.length - entries.length;
  const metadata = listMetadata(page.revision, entries, prefix, remaining, isFiltered);

  const table = readTableRequest(call);
  if (table) return { status: 200, body: createTable(resource, entries, table, metadata) };
  const partial = readPartialRequest(call.request);
  if (partial)
    return { status: 200, body: new JsonText(partialListText(entries, partial, metadata)) };
  const items = entries.map(itemTextOf).join(',');
  const kind = `"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}"`;
  return {
    status: 200,
    body: new JsonText(`{${kind},"metadata":${JSON.stringify(metadata)},"items":[${items}]}`),
  };
}

/** A list that is to be fresher than what is there waits for that, a little. */
export async function listPatiently(
  { store, signal }: Pick<Call, 'store' | 'signal'>,
  request: ListRequest,
): ReturnType<ApiStore['list']> {
  const page = await store.list(request);
  if (page.result !== 'future' || request.notOlderThan === undefined) return page;
  await awaitRevision(store, request.notOlderThan, signal);
  return store.list(request);
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
    continue: encodeContinue(last.key.slice(prefix.length), revision),
    // Upstream cannot know it either when a selector is set.
    ...(isFiltered ? {} : { remainingItemCount: remaining }),
  };
}

/** Why the store has no such list. */
export function listError(
  { result, revision: current }: Unavailable,
  { after, revision, notOlderThan }: Omit<ListPosition, 'limit'>,
): StatusError {
  if (result === 'future') return tooLarge(revision ?? notOlderThan ?? 0, current);
  return after === undefined
    ? expired('The resourceVersion for the provided list is too old.')
    : new ContinueExpiredError(after);
}

/** Upstream: `NewTooLargeResourceVersionError`. */
function tooLarge(wanted: number, current: number): StatusError {
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

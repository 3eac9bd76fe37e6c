/** `watch`: what is there, if asked, and then each change as it happens. */
import type { JsonObject } from '../api-object.ts';
import {
  kindText,
  keyPrefix,
  objectOf,
  objectTextOf,
  type ApiChange,
  type ApiEntry,
} from '../registry.ts';
import { readSelector, type Selector } from '../selectors.ts';
import { badRequest, expired, internalError, invalid } from '../status.ts';
import { createTable, readTableRequest } from '../tables.ts';
import { isTrue } from '../request-info.ts';
import type { Call, Reply } from './call.ts';
import { readInteger } from './read.ts';
import { openEventStream, type EventStream } from './event-stream.ts';
import { forbiddenField } from '../field-errors.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Upstream's `--min-request-timeout`: a watch lasts between this and twice this. */
const shortestSeconds = 1800;
const bookmarkEveryMs = 60_000;

export async function watch(call: Call): Promise<Reply> {
  const { resource, info, store, response, signal } = call;
  const { query } = info;
  const selector = selectorOf(call);
  const initial = readInitialEvents(query);
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) throw badRequest(`invalid resource version "${version}"`);
  const timeoutSeconds =
    readInteger(query, 'timeoutSeconds') || shortestSeconds * (1 + Math.random());
  const prefix = keyPrefix(resource, info.namespace);

  const stream = openEventStream(response, signal, timeoutSeconds * 1000);
  const send = sender(call, stream);
  let revision = Number(version);
  if (initial !== 'never' && (version === '' || version === '0' || initial === 'asked')) {
    const page = await store.list({ prefix });
    if (page.result !== 'page') throw internalError('the store has no list of now');
    revision = page.revision;
    for (const entry of page.entries) if (selector(objectOf(entry))) send('ADDED', entry);
  } else if (version === '' || version === '0') {
    revision = await store.currentRevision();
  }
  if (initial === 'asked') sendBookmark(call, stream, revision, true);

  const started = await store.watch({
    prefix,
    after: revision,
    onChange: (change) => {
      revision = change.revision;
      sendChange(change, selector, send);
    },
  });
  if (started.result !== 'watching') {
    const message = `too old resource version: ${version} (${started.compactedRevision + 1})`;
    stream.write(`{"type":"ERROR","object":${JSON.stringify(expired(message).toStatus())}}\n`);
    stream.end();
    return null;
  }
  const hasBookmarks = isTrue(query.get('allowWatchBookmarks'));
  const bookmarks = hasBookmarks
    ? setInterval(() => sendBookmark(call, stream, revision, false), bookmarkEveryMs)
    : undefined;
  await stream.ended;
  clearInterval(bookmarks);
  started.stop();
  return null;
}

function selectorOf(call: Call): Selector {
  const { resource, info } = call;
  const selector = readSelector(resource, info.query);
  const isNamedInPath = info.path.split('/').includes(info.name) && info.name !== '';
  if (!isNamedInPath) return selector;
  return (object) => object.metadata.name === info.name && selector(object);
}

/** Sends an event as an object or as a table of one row; only the first table has columns. */
function sender(call: Call, stream: EventStream) {
  const { resource } = call;
  const table = readTableRequest(call);
  let isHeadless = false;
  return (type: EventType, entry: ApiEntry): void => {
    if (!table) {
      stream.write(`{"type":"${type}","object":${objectTextOf(resource, entry)}}\n`);
      return;
    }
    const metadata = { resourceVersion: String(entry.revision) };
    const object = createTable(resource, [entry], table, metadata, isHeadless);
    isHeadless = true;
    stream.write(`${JSON.stringify({ type, object })}\n`);
  };
}

/** A change that moves an object into or out of the selection adds or deletes it for this watch. */
function sendChange(
  change: ApiChange,
  selector: Selector,
  send: (type: EventType, entry: ApiEntry) => void,
): void {
  const { type, entry, previous } = change;
  const was = previous !== undefined && selector(objectOf(previous));
  const is = type === 'put' && selector(objectOf(entry));
  if (is) send(was ? 'MODIFIED' : 'ADDED', entry);
  // What left shows the state in which it was last selected, at the revision of its leaving.
  else if (was) send('DELETED', { ...previous, revision: change.revision });
}

function sendBookmark(call: Call, stream: EventStream, revision: number, isInitial: boolean): void {
  const { resource } = call;
  const table = readTableRequest(call);
  const metadata: JsonObject = {
    resourceVersion: String(revision),
    ...(isInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  const object = `{${kindText(resource)},"metadata":${JSON.stringify(metadata)}}`;
  const text = table ? JSON.stringify(createTable(resource, [], table, metadata, true)) : object;
  stream.write(`{"type":"BOOKMARK","object":${text}}\n`);
}

/** `sendInitialEvents`: said nothing, asked for, or declined. */
function readInitialEvents(query: URLSearchParams): 'default' | 'asked' | 'never' {
  const value = query.get('sendInitialEvents');
  if (value === null) return 'default';
  if (query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      forbiddenField(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    ]);
  }
  return isTrue(value) ? 'asked' : 'never';
}

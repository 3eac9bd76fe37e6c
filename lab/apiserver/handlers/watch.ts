/** `watch`: what is there, if asked, and then each change as it happens. */
import { atRevision } from '../../store/entry.ts';
import type { Page, Watch } from '../../store/store.ts';
import type { ApiObject } from '../api-object.ts';
import { keyPrefix, objectOf, type ApiChange, type ApiEntry, type ApiStore } from '../registry.ts';
import { readSelector, type Selector } from '../selectors.ts';
import { expired, statusErrorOf } from '../status.ts';
import type { Call, Reply } from './call.ts';
import { createEventLines, errorLine, type EventLines, type EventType } from './event-line.ts';
import { openEventStream, type EventStream } from './event-stream.ts';
import { readInteger, readWatchPosition, type WatchPosition } from './list-options.ts';
import { listError, listPatiently } from './read.ts';

/** Upstream's `--min-request-timeout`: a watch lasts between this and twice this. */
const shortestSeconds = 1800;
const bookmarkEveryMs = 60_000;

export async function watch(call: Call): Promise<Reply> {
  const { resource, info, store, response, signal } = call;
  const selector = selectorOf(call);
  const lines = createEventLines(call);
  const position = readWatchPosition(info.query);
  const timeoutSeconds =
    readInteger(info.query, 'timeoutSeconds') || shortestSeconds * (1 + Math.random());
  const prefix = keyPrefix(resource, info.namespace);
  const notOlderThan = position.version === undefined ? {} : { notOlderThan: position.version };
  const page =
    position.initial === 'state'
      ? await listPatiently(call, { prefix, ...notOlderThan })
      : undefined;
  if (page && page.result !== 'page') throw listError(page, notOlderThan);
  const after = page?.revision ?? position.version ?? (await store.currentRevision());

  // From here on errors are events, as upstream's are.
  const stream = openEventStream(response, signal, timeoutSeconds * 1000);
  const fail = (error: unknown) => {
    stream.write(errorLine(statusErrorOf(error).toStatus()));
    stream.end();
  };
  try {
    if (page) await sendState(page, selector, lines, stream);
    if (position.marksInitialEnd) {
      stream.write(lines.bookmark(after, { 'k8s.io/initial-events-end': 'true' }));
    }
    await follow({ store, prefix, after, selector, lines, stream, fail, ...position });
  } catch (error) {
    fail(error);
  }
  return null;
}

interface Follow extends Pick<WatchPosition, 'hasBookmarks'> {
  readonly store: ApiStore;
  readonly prefix: string;
  readonly after: number;
  readonly selector: Selector;
  readonly lines: EventLines;
  readonly stream: EventStream;
  /** Ends the stream with an error. */
  readonly fail: (error: unknown) => void;
}

/** Sends each change as it happens; resolves when the stream has ended. */
async function follow(options: Follow): Promise<void> {
  const { store, prefix, after, selector, lines, stream, fail } = options;
  let seen = after;
  const onExpired = (compactedRevision: number) => {
    fail(expired(`too old resource version: ${seen} (${compactedRevision})`));
  };
  const show = (change: ApiChange) => {
    seen = change.revision;
    const event = eventOf(change, selector);
    if (!event || stream.write(lines.event(...event))) return;
    // The client does not keep up: the store's history waits for it, not our memory.
    if (started.result !== 'watching') return;
    started.pause();
    stream.onDrain(() => started.resume());
  };
  const started: Watch = await store.watch({
    prefix,
    after,
    onChange: (change) => {
      // What one watch cannot show must not end the others.
      try {
        show(change);
      } catch (error) {
        fail(error);
      }
    },
    onExpired,
  });
  if (started.result !== 'watching') {
    onExpired(started.compactedRevision);
    return;
  }
  const sendBookmark = () => stream.write(lines.bookmark(started.revision()));
  const bookmarks = options.hasBookmarks ? setInterval(sendBookmark, bookmarkEveryMs) : undefined;
  await stream.ended;
  clearInterval(bookmarks);
  started.stop();
}

function selectorOf(call: Call): Selector {
  const { resource, info } = call;
  const selector = readSelector(resource, info.query);
  if (!info.isNamed) return selector;
  return (object) => object.metadata.name === info.name && selector(object);
}

/** Sends what is there, no faster than the client reads. */
async function sendState(
  { entries }: Page<ApiObject>,
  selector: Selector,
  lines: EventLines,
  stream: EventStream,
): Promise<void> {
  for (const entry of entries) {
    if (!selector(objectOf(entry)) || stream.write(lines.event('ADDED', entry))) continue;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    stream.onDrain(() => resolve(undefined));
    await Promise.race([promise, stream.ended]);
  }
}

/** What left the selection, by the change that moved it out: one entry for all watches. */
const departed = new WeakMap<ApiChange, ApiEntry>();

/** A change that moves an object into or out of the selection adds or deletes it for this watch. */
function eventOf(
  change: ApiChange,
  selector: Selector,
): readonly [EventType, ApiEntry] | undefined {
  const { type, entry, previous } = change;
  const was = previous !== undefined && selector(objectOf(previous));
  const is = type === 'put' && selector(objectOf(entry));
  if (is) return [was ? 'MODIFIED' : 'ADDED', entry];
  if (!was) return undefined;
  if (type === 'delete') return ['DELETED', entry];
  // What left shows the state in which it was last selected, at the revision of its leaving.
  const left = departed.get(change) ?? atRevision(previous, change.revision);
  departed.set(change, left);
  return ['DELETED', left];
}
